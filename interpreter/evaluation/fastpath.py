"""What needs no jq: paths, literals, one comparison, and such joined by `and` or by `or`; exactly jq's answers, or none.

An expression outside this little language compiles to None; data on which jq might answer differently, or with an error
in its own words, gives `BEYOND`. Both mean: ask jq. The tests hold every answer against jq itself.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from interpreter.values import Json

Read: TypeAlias = Callable[[Json, Mapping[str, Json]], Json]
"""Takes `.` and the variables; gives the value (a part of what was given, never a copy) or `BEYOND`."""

BEYOND: Final[Any] = object()
"""The answer is jq's to give."""

_RESERVED = frozenset({"ENV", "__loc__"})
_EXACT = 2**53

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_QUOTED = r'"[^"\\\x00-\x1f]*"'
_BRACKET = rf"\[(?:{_QUOTED}|-?[0-9]{{1,9}})\]"
_STEP = rf"(?:\.(?:{_NAME}|{_QUOTED})|\.?{_BRACKET})"
_PATH = rf"(?:(?:\${_NAME}|\.(?:{_NAME}|{_QUOTED}|{_BRACKET})){_STEP}*|\.)"
_LITERAL = rf"(?:null|true|false|{_QUOTED}|-?(?:0|[1-9][0-9]{{0,14}})|(?:0|[1-9][0-9]{{0,6}})\.[0-9]{{1,8}})"
_OPERAND = rf"(?:{_PATH}|{_LITERAL})(?![A-Za-z0-9_.:$\[\"])"
_CLAUSE = re.compile(rf"\s*({_OPERAND})\s*(?:(==|!=|<=|>=|<|>)\s*({_OPERAND})\s*)?")
_JOIN = re.compile(r"(and|or)(?![A-Za-z0-9_:])")
_STEPS = re.compile(r'\.?\["([^"]*)"\]|\."([^"]*)"|\.([A-Za-z_][A-Za-z0-9_]*)|\.?\[(-?[0-9]+)\]')
_VARIABLE = re.compile(rf"\$({_NAME})")
_WORDS = {"null": None, "true": True, "false": False}

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@lru_cache(8192)
def compiled(expression: str) -> Read | None:
    """The reader of an expression, or None where jq has to be asked in any case."""
    reads: list[Read] = []
    joins: set[str] = set()
    at = 0
    while clause := _CLAUSE.match(expression, at):
        read = _clause(*clause.groups())
        if read is None:
            return None
        reads.append(read)
        at = clause.end()
        if at == len(expression):
            return _joined(reads, joins)
        join = _JOIN.match(expression, at)
        if join is None:
            return None
        joins.add(join[1])
        at = join.end()
    return None


def _joined(reads: list[Read], joins: set[str]) -> Read | None:
    if not joins:
        return reads[0]
    if len(joins) > 1:
        return None
    return _stopping_at(reads, truth="or" in joins)


def _stopping_at(reads: list[Read], *, truth: bool) -> Read:
    """`or` ends at the first true operand, `and` at the first false one; only null and false are false."""

    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        for operand in reads:
            value = operand(dot, variables)
            if value is BEYOND:
                return BEYOND
            if (value is not None and value is not False) is truth:
                return truth
        return not truth

    return read


def _clause(left: str, sign: str | None, right: str | None) -> Read | None:
    one = _operand(left)
    if sign is None or right is None or one is None:
        return one
    other = _operand(right)
    return None if other is None else _comparison(one, _COMPARE[sign], other)


def _comparison(left: Read, compare: Callable[[Any, Any], bool], right: Read) -> Read:
    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        one, other = left(dot, variables), right(dot, variables)
        kind = type(one)
        if kind is str and type(other) is str:
            return compare(one, other)
        if one is BEYOND or other is BEYOND:
            return BEYOND
        rank, other_rank = _rank(one), _rank(other)
        if rank != other_rank:
            return compare(rank, other_rank)
        if rank == _NUMBER:
            return compare(one, other) if _is_exact(one) and _is_exact(other) else BEYOND
        return compare(0, 0) if rank < _NUMBER else BEYOND  # two equal words; the rest is jq's

    return read


_NUMBER = 3
_RANKS = {type(None): 0, int: _NUMBER, float: _NUMBER, str: 4, list: 5, dict: 6}


def _rank(value: Json) -> int:
    """The order of kinds in jq: null, false, true, numbers, strings, arrays, objects."""
    return int(value) + 1 if isinstance(value, bool) else _RANKS[type(value)]


def _is_exact(number: float) -> bool:
    """Whether jq and Python see the same number (jq compares long integers as written)."""
    return -_EXACT <= number <= _EXACT if isinstance(number, int) else True


def _operand(text: str) -> Read | None:
    if text == ".":
        return _identity
    if text[0] == ".":
        return _path(None, _keys(text))
    variable = _VARIABLE.match(text)
    if variable is None:
        return _literal(text)
    return None if variable[1] in _RESERVED else _path(variable[1], _keys(text[variable.end() :]))


def _keys(text: str) -> tuple[str | int, ...]:
    keys: list[str | int] = []
    for quoted, dotted, name, index in _STEPS.findall(text):
        keys.append(int(index) if index else quoted or dotted or name)
    return tuple(keys)


def _identity(dot: Json, _variables: Mapping[str, Json]) -> Json:
    return dot


def _literal(text: str) -> Read:
    value: Json
    if text in _WORDS:
        value = _WORDS[text]
    elif text[0] == '"':
        value = text[1:-1]
    else:
        value = float(text) if "." in text else int(text)
    return lambda _dot, _variables: value


def _path(name: str | None, keys: tuple[str | int, ...]) -> Read:
    walk = _by_names if all(isinstance(key, str) for key in keys) else _by_any

    if name is None:
        return lambda dot, _variables: walk(dot, keys)

    def read(_dot: Json, variables: Mapping[str, Json]) -> Json:
        try:
            value = variables[name]
        except KeyError:
            return BEYOND
        return walk(value, keys)

    return read


def _by_names(value: Json, keys: tuple[Any, ...]) -> Json:
    for key in keys:
        if type(value) is dict:
            value = value.get(key)
        elif value is not None:
            return BEYOND
    return value


def _by_any(value: Json, keys: tuple[Any, ...]) -> Json:
    for key in keys:
        if value is None:
            return None
        if isinstance(key, str):
            if type(value) is not dict:
                return BEYOND
            value = value.get(key)
        elif type(value) is list:
            value = value[key] if -len(value) <= key < len(value) else None
        else:
            return BEYOND
    return value
