"""Results that are kept for later runs, as the hint `metadata.swtemporal.cache` of a task wishes it.

Here is said what a result depends on as far as the document knows; the activity adds what only it knows (secrets, what the worker
grants, …), and looks the result up. An effect that may be answered from a cache has `cache` in its arguments:

    {"ttl": ms, "scope": ["workflow", namespace, name] | ["namespace", namespace], "varies": SHA-256, "own": true?, "anew": true?}

`own`: the key is the document's own (`key`). `anew`: the run wants nothing that was kept, only to keep what it gets.
"""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.arguments import iso8601
from interpreter.dataflow import Place
from interpreter.document.cache_hint import HINT, lasting, mistakes
from interpreter.document.model.hints import SCOPES
from interpreter.durations import length_of
from interpreter.effects import (
    ASYNCAPI_END,
    CALL_A2A,
    CALL_GRPC,
    CALL_HTTP,
    CALL_MCP,
    CALL_OPENAPI,
    FETCH,
    FUNCTION_HTTP_CONTAINER,
    FUNCTION_PYTHON,
    READ_SECRETS,
    RUN_CONTAINER,
    RUN_SCRIPT,
    RUN_SHELL,
)
from interpreter.faults import fault
from interpreter.scope import Scope
from interpreter.values import Json, canonical, digest

OPTION = "noCache"
"""The envelope's option that has every result of a run made anew."""

CACHED = frozenset(
    {
        CALL_HTTP,
        CALL_OPENAPI,
        CALL_GRPC,
        CALL_MCP,
        CALL_A2A,
        FUNCTION_HTTP_CONTAINER,
        FUNCTION_PYTHON,
        RUN_CONTAINER,
        RUN_SCRIPT,
        RUN_SHELL,
    },
)
"""Kinds of effects whose results may be kept."""

_ON_THE_WAY = frozenset({FETCH, READ_SECRETS, ASYNCAPI_END})
"""Kinds that are no task's own doing."""

_MEMBER = f"metadata/swtemporal/{HINT}"


def entry(hint: Json, kind: str, arguments: Json, input: Json, place: Place, scope: Scope, functions: Sequence[str]) -> Json:
    """The `cache` of an effect's arguments; null for one that is only on the way to the task's own.

    `arguments` are `{with, deferred?}`, `input` the task's shaped input, `functions` the hashes of those elsewhere that the task stands in.
    A `configuration` fault for a hint that is none, or that stands at a task whose result cannot be kept: a function that was fetched
    brings what no validation has seen.
    """
    if kind in _ON_THE_WAY:
        return None
    if kind not in CACHED or arguments["with"].get("await") is False:
        raise fault("configuration", f"'{_MEMBER}' stands at a task that gives no result to keep ({kind})")
    for wrong in mistakes(hint):
        raise fault("configuration", f"'{_MEMBER}': {wrong.message}")
    definition = scope.run.definition
    header = definition.document.document
    parts: list[Json] = ["evaluated", kind, _sent(arguments["with"]), arguments.get("deferred"), input]
    if "key" in hint:
        # The same key means the same only where the same text says so: else whoever brings a document could put results under others' keys.
        own = place.fill(hint["key"], input, f"{_MEMBER}/key")
        if own is None:  # most likely a member that is missing: all whose it is would get what the first of them got
            raise fault("expression", f"'{_MEMBER}/key' gives null, which tells no results apart")
        parts = ["own", kind, definition.digest, list(functions), definition.raw_at(scope.pointer), own]
    found: dict[str, Json] = {
        "ttl": _time(hint["ttl"], input, place),
        "scope": ["workflow", header.namespace, header.name]
        if hint.get("scope", SCOPES[0]) == SCOPES[0]
        else ["namespace", header.namespace],
        "varies": digest(canonical(parts)),
    }
    return found | ({"own": True} if "key" in hint else {}) | ({"anew": True} if scope.run.host.anew else {})


def _sent(arguments: Json) -> Json:
    """The arguments without whose container it is: that is only what people see it called."""
    return {name: value for name, value in arguments.items() if name != "of"}


def _time(ttl: Json, input: Json, place: Place) -> int:
    member = f"{_MEMBER}/ttl"
    length = length_of(place.fill(ttl, input, member), member)
    wrong = lasting(length)
    if wrong is not None:
        raise fault("expression", f"'{_MEMBER}': {wrong}")
    return length


def told(answer: Json) -> tuple[str, str] | None:
    """What people should know of an answer (`cached`: the instant at which its value was kept; `trouble` with the cache): level and words."""
    if answer.get("cached") is not None:
        return "info", f"answered from the result cache, where it was put at {iso8601(answer['cached'])}"
    if answer.get("trouble"):
        return "warning", str(answer["trouble"])
    return None
