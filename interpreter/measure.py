"""How large and how deep a value is, without walking again what was walked before in the same pass."""

from __future__ import annotations

import json

from interpreter.defaults import Limits
from interpreter.faults import fault
from interpreter.values import Json

_SMALL = 64
"""Containers below this many bytes are cheaper to measure again than to remember."""


class Scales:
    """Weighs values in bytes of compact JSON text and levels of nesting.

    Values are shared, not copied: `set: {a: ${ . }, b: ${ . }}` in a loop doubles a value at no cost in memory, while
    its text grows without bound. So what enters a frame is weighed, and remembered by identity (the value is kept, so that
    no identity is used twice).
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[int, tuple[Json, int, int]] = {}

    def admit(self, value: Json, what: str) -> int:
        """The bytes of a value that is about to enter the state; a `validation` fault when it is too large or too deep."""
        weight, depth = self._weigh(value)
        if weight > self._limits.value_bytes:
            raise fault("validation", f"{what} is too large: {weight} bytes; at most {self._limits.value_bytes} are carried")
        if depth > self._limits.depth:
            raise fault("validation", f"{what} is nested too deeply: {depth} levels; at most {self._limits.depth} are carried")
        return weight

    def _weigh(self, value: Json) -> tuple[int, int]:
        if not isinstance(value, dict | list):
            return _scalar(value), 0
        known = self._known.get(id(value))
        if known is not None:
            return known[1], known[2]
        weight, depth = 2, 0
        if isinstance(value, dict):
            for name, item in value.items():
                below = self._weigh(item)
                weight += len(name) + 4 + below[0]
                depth = max(depth, below[1])
        else:
            for item in value:
                below = self._weigh(item)
                weight += 1 + below[0]
                depth = max(depth, below[1])
        if weight >= _SMALL:
            self._known[id(value)] = (value, weight, depth + 1)
        return weight, depth + 1


def _scalar(value: Json) -> int:
    if isinstance(value, str):
        return len(value) + 2 if value.isascii() else len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if value is None or value is True:
        return 4
    return 5 if value is False else len(str(value))
