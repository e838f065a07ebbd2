"""Tasks that stand where the model sees free data: in a function's own file, and in the `each` of the function `map`."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

from interpreter.document.findings import Problem
from interpreter.document.model import FunctionCall, Task
from interpreter.document.structure import read_structure
from interpreter.values import Json, encode

MAP = "map:1.0.0@default"
EACH = ("with", "each")
"""Where a call of `map` holds what is done with each item: a task, or the name of a function."""

_HEADER = {"dsl": "1.0.3", "namespace": "functions", "name": "function", "version": "1.0.0"}
_PLACE = "/use/functions/function"


def wrapped(raw: Json) -> Json:
    """A document in which a JSON value stands as a function, and nothing else."""
    return {"document": _HEADER, "use": {"functions": {"function": raw}}, "do": []}


def unwrapped(problem: Problem, place: str = "") -> Problem:
    """A problem of such a document as one of the value, which stands at `place`."""
    return replace(problem, pointer=place + problem.pointer.removeprefix(_PLACE))


def read_task(raw: Json, place: str = "") -> tuple[Task | None, list[Problem]]:
    """The task in a JSON value that stands at `place`, None where it is none, and what is wrong with its structure."""
    structure = read_structure(wrapped(raw))
    use = structure.document.use if structure.document is not None else None
    task = use.functions["function"] if use is not None and use.functions else None
    return task, [unwrapped(problem, place) for problem in structure.problems]


def each_of(call: FunctionCall) -> Task | None:
    """What a call of `map` does with each item; None for any other call, and where it is no task."""
    raw = call.with_.get("each") if call.call == MAP and call.with_ else None
    if isinstance(raw, str):
        return None if "${" in raw else FunctionCall(call=raw)
    return _task(encode(raw)) if isinstance(raw, dict) else None


@lru_cache(maxsize=256)
def _task(text: str) -> Task | None:
    return read_task(json.loads(text))[0]
