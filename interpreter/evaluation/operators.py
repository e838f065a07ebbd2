"""jq's operators and a few of its functions on Python's values: exactly jq's answer, or `BEYOND`.

Numbers are exact integers here; what jq computes as doubles, and prints in its own way, is left to jq.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from interpreter.values import Json

Read: TypeAlias = Callable[[Json, Mapping[str, Json]], Json]
"""Takes `.` and the variables; gives the value (made of parts of what was given, never of copies) or `BEYOND`."""

BEYOND: Final[Any] = object()
"""The answer is jq's to give."""

_EXACT = 2**53
_LONGEST = 100_000
"""Characters, items or members of what is joined here."""


def conjunction(left: Read, right: Read) -> Read:
    """`and`: ends at the first operand that is false; only null and false are."""
    return _stopping(left, right, truth=False)


def disjunction(left: Read, right: Read) -> Read:
    """`or`: ends at the first operand that is true."""
    return _stopping(left, right, truth=True)


def _stopping(left: Read, right: Read, *, truth: bool) -> Read:
    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        value = left(dot, variables)
        if value is BEYOND:
            return BEYOND
        if _truth(value) is truth:
            return truth
        other = right(dot, variables)
        return BEYOND if other is BEYOND else _truth(other)

    return read


def alternative(left: Read, right: Read) -> Read:
    """`//`: the right operand where the left one is null or false."""

    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        value = left(dot, variables)
        return value if value is BEYOND or _truth(value) else right(dot, variables)

    return read


def _truth(value: Json) -> bool:
    return value is not None and value is not False


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Json, Json], Json]:
    def combine(one: Json, other: Json) -> Json:
        if type(one) is str and type(other) is str:
            return compare(one, other)
        rank, other_rank = _rank(one), _rank(other)
        if rank != other_rank:
            return compare(rank, other_rank)
        if rank == _NUMBER:
            return compare(one, other) if _is_exact(one) and _is_exact(other) else BEYOND
        return compare(0, 0) if rank < _NUMBER else BEYOND  # two equal words; the rest is jq's

    return combine


_NUMBER = 3
_RANKS = {type(None): 0, int: _NUMBER, float: _NUMBER, str: 4, list: 5, dict: 6}


def _rank(value: Json) -> int:
    """The order of kinds in jq: null, false, true, numbers, strings, arrays, objects."""
    return int(value) + 1 if isinstance(value, bool) else _RANKS[type(value)]


def _is_exact(number: float) -> bool:
    """Whether jq and Python see the same number (jq compares long integers as written)."""
    return -_EXACT <= number <= _EXACT if isinstance(number, int) else True


def _added(one: Json, other: Json) -> Json:
    if one is None:
        return other
    if other is None:
        return one
    kind = type(one)
    if kind is not type(other) or kind is bool or kind is float:
        return BEYOND
    if kind is int:
        return _whole(one, other, one + other)
    if len(one) + len(other) > _LONGEST:
        return BEYOND
    return one | other if kind is dict else one + other


def _subtracted(one: Json, other: Json) -> Json:
    return _whole(one, other, one - other) if _are_whole(one, other) else BEYOND


def _multiplied(one: Json, other: Json) -> Json:
    # Zero times a negative number is -0 for jq.
    return _whole(one, other, one * other) if _are_whole(one, other) and (one * other or min(one, other) >= 0) else BEYOND


def _divided(one: Json, other: Json) -> Json:
    if not _are_whole(one, other) or other == 0 or one % other or (one == 0 and other < 0):
        return BEYOND
    return _whole(one, other, one // other)


def _remainder(one: Json, other: Json) -> Json:
    return _whole(one, other, one % other) if _are_whole(one, other) and one >= 0 and other > 0 else BEYOND


def _are_whole(one: Json, other: Json) -> bool:
    return type(one) is int and type(other) is int


def _whole(one: int, other: int, result: int) -> Json:
    return result if _is_exact(one) and _is_exact(other) and _is_exact(result) else BEYOND


BINARY: dict[str, Callable[[Json, Json], Json]] = {
    "==": _comparison(operator.eq),
    "!=": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
    "+": _added,
    "-": _subtracted,
    "*": _multiplied,
    "/": _divided,
    "%": _remainder,
}
"""By sign: takes two values, neither of them `BEYOND`."""


def _function(apply: Callable[[Json], Json]) -> Callable[[Read], Read]:
    def through(operand: Read) -> Read:
        def read(dot: Json, variables: Mapping[str, Json]) -> Json:
            value = operand(dot, variables)
            return BEYOND if value is BEYOND else apply(value)

        return read

    return through


def _length(value: Json) -> Json:
    if value is None:
        return 0
    return len(value) if isinstance(value, str | list | dict) else BEYOND


def _text(value: Json) -> Json:
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int and _is_exact(value) else BEYOND


UNARY: dict[str, Callable[[Read], Read]] = {
    "length": _function(_length),
    "not": _function(lambda value: not _truth(value)),
    "tostring": _function(_text),
}
"""By name: what a function makes of the reader of its input."""
