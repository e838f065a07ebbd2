"""JSON Schema and regular expressions on a run's data, in a child: a hostile pattern holds the GIL of whoever runs it.

Seen in process, with `jsonschema_rs` 0.60: 13.5 s for `(?=a)(a+)+b` on 100,000 characters, every thread of the worker standing still.
Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schema
"""

from __future__ import annotations

import json

from interpreter.evaluation.runner import Refused, Request, Runner, excerpt
from interpreter.faults import fault
from interpreter.values import Json, encode


def check(runner: Runner, schema: Json, value: Json, place: str) -> str | None:
    """What is wrong with a value, as `/pointer: message`, or None. Draft 2020-12 unless `$schema` says otherwise.

    A schema that is itself not valid, or refers to anything outside of itself, is a `configuration` fault.
    """
    head = json.dumps({"do": "check", "schema": schema}).encode()
    try:
        data = encode(value).encode()
    except (ValueError, RecursionError):
        return "holds a number that is not finite or has too many digits, half of a surrogate pair, or is nested too deeply"
    try:
        return runner.ask(Request(head, data, b"", place, "the check by a JSON Schema")) or None
    except Refused as refused:
        raise fault("configuration", f"the JSON Schema cannot be used: {refused.message}") from None


def matches(runner: Runner, pattern: str, text: str, place: str) -> bool:
    """Whether a whole text is equal to a pattern or matches it (Python's `re`); an invalid pattern matches only itself."""
    if pattern == text:
        return True
    head = json.dumps({"do": "match", "pattern": pattern}).encode()
    request = Request(head, text.encode("utf-8", "replace"), b"", place, f"the pattern `{excerpt(pattern)}`")
    return runner.ask(request) == "true"
