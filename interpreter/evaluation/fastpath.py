"""What needs no jq: paths, literals, operators, arrays and objects made of such, and a few functions; exactly jq's answers, or none.

An expression outside this little language compiles to None; data on which jq might answer differently, or with an error
in its own words, gives `BEYOND`. Both mean: ask jq. The tests hold every answer against jq itself.

There is no general pipe: what an expression gives is then at most its own length times what it was given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from interpreter.evaluation.operators import BEYOND, BINARY, UNARY, Read, alternative, conjunction, disjunction
from interpreter.values import Json

_RESERVED = frozenset({"ENV", "__loc__"})

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_QUOTED = r'"[^"\\\x00-\x1f]*"'
_BRACKET = rf"\[(?:{_QUOTED}|-?[0-9]{{1,9}})\]"
_STEP = rf"(?:\.(?:{_NAME}|{_QUOTED})|\.?{_BRACKET})"
_PATH = rf"(?:(?:\${_NAME}|\.(?:{_NAME}|{_QUOTED}|{_BRACKET})){_STEP}*|\.)"
_LITERAL = rf"(?:null|true|false|{_QUOTED}|(?:0|-?[1-9][0-9]{{0,14}})|(?:0|[1-9][0-9]{{0,6}})\.[0-9]{{1,8}})"
_OPERAND = rf"(?:{_PATH}|{_LITERAL})(?![A-Za-z0-9_.:$\[\"])"
_SPACE = re.compile(r"[ \t\r\n]*")
_VALUE = re.compile(_OPERAND)
_FUNCTION = re.compile(rf"({'|'.join(UNARY)})(?![A-Za-z0-9_:(])")
_OPERATOR = re.compile(r"//(?!=)|[=!<>]=|[<>]|[-+*%](?!=)|/(?![/=])|(?:and|or)(?![A-Za-z0-9_:])")
_KEY = re.compile(rf"(\$?)(?:({_NAME})|({_QUOTED}))(?![A-Za-z0-9_.:$\[\"]|\s*::)|({_NAME}|{_QUOTED})(?=\s*:(?!:))")
_STEPS = re.compile(r'\.?\["([^"]*)"\]|\."([^"]*)"|\.([A-Za-z_][A-Za-z0-9_]*)|\.?\[(-?[0-9]+)\]')
_VARIABLE = re.compile(rf"\$({_NAME})")
_WORDS = {"null": None, "true": True, "false": False}

_LEVELS = {"//": 1, "or": 2, "and": 3, **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 4), "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_COMPARISON, _PRODUCT = 4, 6
_LONGEST = 1_000
"""Characters; a longer expression is jq's."""
_DEEPEST = 30
"""Brackets in brackets."""


@lru_cache(8192)
def compiled(expression: str) -> Read | None:
    """The reader of an expression, or None where jq has to be asked in any case."""
    if len(expression) > _LONGEST:
        return None
    try:
        parser = _Parser(expression)
        read = parser.piped()
        parser.end()
    except _Outside:
        return None
    return read


class _Outside(Exception):
    """The expression is not of the little language."""


class _Parser:
    """One pass over a text, by precedence; every method moves past what it has read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def piped(self) -> Read:
        """An expression, and functions that its value goes through."""
        read = self.operation(1)
        while self._passed("|"):
            read = UNARY[self._matched(_FUNCTION)[1]](read)
        return read

    def operation(self, level: int) -> Read:
        """Operands with operators of at least this precedence between them."""
        left = self.term()
        while (sign := self._sign(level)) is not None:
            own = _LEVELS[sign]
            if own == _PRODUCT and self._passed("-"):
                raise _Outside  # a minus binds weaker than these
            right = self.operation(own + 1)
            left = _combined(left, sign, right)
            if own == _COMPARISON and self._sign(own, above=own) is not None:
                raise _Outside  # jq does not chain comparisons
        return left

    def term(self) -> Read:
        """A path, a literal, a function of `.`, or what stands in brackets."""
        self._skip()
        within = self._BRACKETS.get(self._text[self._at : self._at + 1])
        if within is not None:
            self._at += 1
            self._depth += 1
            if self._depth > _DEEPEST:
                raise _Outside
            read = within(self)
            self._depth -= 1
            return read
        function = _FUNCTION.match(self._text, self._at)
        if function is not None:
            self._at = function.end()
            return UNARY[function[1]](_identity)
        read_value = _operand(self._matched(_VALUE)[0])
        if read_value is None:
            raise _Outside
        return read_value

    def end(self) -> None:
        """Nothing follows."""
        self._skip()
        if self._at != len(self._text):
            raise _Outside

    def _group(self) -> Read:
        read = self.piped()
        self._expect(")")
        return read

    def _array(self) -> Read:
        items: list[Read] = []
        if self._passed("]"):
            return _array_of(items)
        items.append(self.operation(1))
        while self._passed(","):
            items.append(self.operation(1))
        if len(items) == 1:
            while self._passed("|"):
                items[0] = UNARY[self._matched(_FUNCTION)[1]](items[0])
        self._expect("]")
        return _array_of(items)

    def _object(self) -> Read:
        members: list[tuple[str, Read]] = []
        if self._passed("}"):
            return _object_of(members)
        members.append(self._member())
        while self._passed(","):
            members.append(self._member())
        self._expect("}")
        return _object_of(members)

    _BRACKETS: ClassVar[Mapping[str, Callable[[_Parser], Read]]] = {"(": _group, "[": _array, "{": _object}

    def _member(self) -> tuple[str, Read]:
        self._skip()
        dollar, name, quoted, named = self._matched(_KEY).groups()
        key = (named or name or quoted).strip('"')
        if named is not None:
            self._expect(":")
            return key, self.term()
        if not dollar:
            return key, _path(None, (key,))
        if quoted or key in _RESERVED:
            raise _Outside
        return key, _path(key, ())

    def _sign(self, level: int, *, above: int = 9) -> str | None:
        """The next operator of this precedence, or a higher one up to `above`; where another one stands, or none, nothing is read."""
        self._skip()
        found = _OPERATOR.match(self._text, self._at)
        if found is None or not level <= _LEVELS[found[0]] <= above:
            return None
        self._at = found.end()
        return found[0]

    def _matched(self, pattern: re.Pattern[str]) -> re.Match[str]:
        self._skip()
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _Outside
        self._at = found.end()
        return found

    def _expect(self, sign: str) -> None:
        if not self._passed(sign):
            raise _Outside

    def _passed(self, sign: str) -> bool:
        self._skip()
        passed = self._text.startswith(sign, self._at)
        if passed:
            self._at += len(sign)
        return passed

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        if found is not None:
            self._at = found.end()


def _combined(left: Read, sign: str, right: Read) -> Read:
    match sign:
        case "and":
            return conjunction(left, right)
        case "or":
            return disjunction(left, right)
        case "//":
            return alternative(left, right)
    combine = BINARY[sign]

    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        one, other = left(dot, variables), right(dot, variables)
        return BEYOND if one is BEYOND or other is BEYOND else combine(one, other)

    return read


def _array_of(items: Sequence[Read]) -> Read:
    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        values = [item(dot, variables) for item in items]
        return BEYOND if any(value is BEYOND for value in values) else values

    return read


def _object_of(members: Sequence[tuple[str, Read]]) -> Read:
    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        values = {key: member(dot, variables) for key, member in members}
        return BEYOND if any(value is BEYOND for value in values.values()) else values

    return read


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
