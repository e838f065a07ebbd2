"""Tasks that stand where the model sees free data: in a function's own file, and in the `each` of the function `map`."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from interpreter.document.findings import Problem
from interpreter.document.model import FunctionCall, Task
from interpreter.document.structure import read_structure
from interpreter.values import Json, encode

MAP = "map:1.0.0@default"
EACH = ("with", "each")
"""Where a call of `map` holds what is done with each item: a task, or the name of a function."""

_HEADER = {"dsl": "1.0.3", "namespace": "functions", "name": "function", "version": "1.0.0"}
_PLACE = "/use/functions/function"


def read_task(raw: Json) -> tuple[Task | None, list[Problem]]:
    """The task in a JSON value, None where it is none, and what is wrong with it; pointers are into the value."""
    structure = read_structure({"document": _HEADER, "use": {"functions": {"function": raw}}, "do": []})
    use = structure.document.use if structure.document is not None else None
    task = use.functions["function"] if use is not None and use.functions else None
    return task, [_moved(problem) for problem in structure.problems]


def _moved(problem: Problem) -> Problem:
    members: dict[str, Any] = {name: getattr(problem, name) for name in problem.__dataclass_fields__}
    return Problem(**{**members, "pointer": problem.pointer.removeprefix(_PLACE)})


def each_of(call: FunctionCall) -> Task | None:
    """What a call of `map` does with each item; None for any other call, and where it is no task."""
    raw = call.with_.get("each") if call.call == MAP and call.with_ else None
    if isinstance(raw, str):
        return FunctionCall(call=raw)
    return _task(encode(raw)) if isinstance(raw, dict) else None


@lru_cache(maxsize=256)
def _task(text: str) -> Task | None:
    return read_task(json.loads(text))[0]
