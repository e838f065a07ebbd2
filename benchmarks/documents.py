"""The documents that are measured, as JSON; `handwritten` has a workflow of the same name for each that is compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interpreter.document.envelope import Envelope
from interpreter.document.load import define
from interpreter.values import Json

LOCAL = {"metadata": {"swtemporal": {"local": True}}}

LISTEN = {"hear": {"listen": {"to": {"one": {"with": {"type": "go"}}}}}}
SET = {"keep": {"set": {"n": "${ .n }", "step": 1}}}
SET_SUM = {"keep": {"set": {"n": "${ .n + 1 }", "step": 1}}}
SET_JQ = {"keep": {"set": {"n": "${ [.n, 1] | add }", "step": 1}}}
"""The same sum, of which jq itself is asked: operators alone are evaluated in the worker."""


def document(name: str, *tasks: Json) -> Json:
    """A document with these tasks."""
    return {"document": {"dsl": "1.0.3", "namespace": "benchmarks", "name": name, "version": "1.0.0"}, "do": list(tasks)}


def enveloped(raw: Json) -> Envelope:
    """What a run of a document carries."""
    definition = define(raw)
    return Envelope(root=definition.digest, documents={definition.digest: definition.text})


def sets(count: int, task: Mapping[str, Any]) -> Json:
    """One `set` after the other."""
    return document("sets", *({f"set{at}": task["keep"]} for at in range(count)))


def loop(body: Mapping[str, Any]) -> Json:
    """A body for each of the input's items."""
    return document("loop", {"each": {"for": {"in": "${ .items }", "each": "item"}, "do": [body]}})


def get(url: str, **members: Json) -> Json:
    """A GET whose answer is the output."""
    return {"call": "http", "with": {"method": "get", "endpoint": url}, **members}


def gets(count: int, url: str, **members: Json) -> Json:
    """GETs one after the other."""
    return document("gets", *({f"get{at}": get(url, **members)} for at in range(count)))


def fork(count: int, url: str, **members: Json) -> Json:
    """GETs at the same time."""
    return document("fork", {"all": {"fork": {"branches": [{f"branch{at}": get(url, **members)} for at in range(count)]}}})


def calls_and_sets(count: int, url: str) -> Json:
    """`count` tasks one after the other: a GET, then a `set` of what it gave, and so on."""
    body = [{"get": get(url)}, {"keep": {"set": {"name": "${ .name }"}}}]
    return document("calls-and-sets", {"each": {"for": {"in": f"${{ [range({count // 2})] }}"}, "do": body}})
