"""How large and how deep a value is, without walking again what was walked before in the same pass."""

from __future__ import annotations

from json.encoder import encode_basestring

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
        try:
            weight, _ = self._weigh(value, self._limits.depth)
        except _TooDeepError:
            raise fault("validation", f"{what} is nested too deeply; at most {self._limits.depth} levels are carried") from None
        if weight > self._limits.value_bytes:
            raise fault("validation", f"{what} is too large: {weight} bytes; at most {self._limits.value_bytes} are carried")
        return weight

    def _weigh(self, value: Json, room: int) -> tuple[int, int]:
        """Bytes and levels of a value that may have `room` levels; never walks further down."""
        kind = type(value)  # JSON has no subclasses, and a comparison is the quickest
        if kind is not dict and kind is not list:
            return _scalar(value), 0
        known = self._known.get(id(value))
        if known is not None and known[2] <= room:
            return known[1], known[2]
        if room <= 0:
            raise _TooDeepError
        weight, depth = max(2, 1 + len(value)), 0  # brackets and commas
        if kind is dict:
            weight += sum(_scalar(name) + 1 for name in value)
        for item in value.values() if kind is dict else value:
            below = self._weigh(item, room - 1)
            weight += below[0]
            depth = max(depth, below[1])
        if weight >= _SMALL:
            self._known[id(value)] = (value, weight, depth + 1)
        return weight, depth + 1


class _TooDeepError(Exception):
    """A value has more levels than it may."""


def _scalar(value: Json) -> int:
    if type(value) is str:
        text = encode_basestring(value)
        return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if value is None or value is True:
        return 4
    return 5 if value is False else len(str(value))
