"""JavaScript that needs no QuickJS: paths of members, and literals; exactly its answers, or none.

What is only passed on stays what it was: every digit of a number, the order of every key. The tests hold the rest against QuickJS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from interpreter.evaluation.operators import BEYOND, Read
from interpreter.javascript import INHERITED
from interpreter.values import Json

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_STEP = re.compile(rf"""(\??)\.({_NAME})|(\?\.)?\[(?:"([^"\\\x00-\x1f]*)"|'([^'\\\x00-\x1f]*)'|(0|[1-9][0-9]{{0,8}}))\]""")
_START = re.compile(rf"\$({_NAME})?(?![\w$])")
_LITERALS: dict[str, Json] = {"null": None, "undefined": None, "true": True, "false": False}
_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]{0,14})")
_TEXT = re.compile(r""""[^"\\\x00-\x1f]*"|'[^'\\\x00-\x1f]*'""")
_LONGEST = 1_000

Step = tuple[bool, str | int]
"""Whether it may be gone from nothing (`?.`), and the member or the index."""


@lru_cache(8192)
def compiled(expression: str) -> Read | None:
    """The reader of an expression, or None where QuickJS has to be asked in any case."""
    text = expression.strip()
    if len(text) > _LONGEST:
        return None
    if text in _LITERALS or _TEXT.fullmatch(text) or _INTEGER.fullmatch(text):
        value = _LITERALS[text] if text in _LITERALS else text[1:-1] if text[0] in "\"'" else int(text)
        return lambda _dot, _variables: value
    start = _START.match(text)
    steps = _steps(text, start.end()) if start else None
    return None if start is None or steps is None else _reader(start[1], steps)


def _steps(text: str, at: int) -> list[Step] | None:
    steps: list[Step] = []
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            return None
        at = found.end()
        lenient, name, opened, double, single, index = found.groups()
        key = next((key for key in (name, double, single) if key is not None), None)
        steps.append((bool(lenient or opened), int(index) if key is None else key))
    return steps


def _reader(name: str | None, steps: Sequence[Step]) -> Read:
    def read(dot: Json, variables: Mapping[str, Json]) -> Json:
        if name is None:
            return _at(dot, steps)
        try:
            value = variables[name]
        except KeyError:
            return BEYOND
        return _at(value, steps)

    return read


def _at(value: Json, steps: Sequence[Step]) -> Json:
    for lenient, key in steps:
        if value is None:
            # The rest of the path is not gone; without `?.` it is an error, in QuickJS's words.
            return None if lenient else BEYOND
        value = _member(value, key)
        if value is BEYOND:
            return BEYOND
    return value


def _member(value: Json, key: str | int) -> Json:
    if isinstance(value, list):
        if isinstance(key, int):
            return value[key] if key < len(value) else None
        return len(value) if key == "length" else BEYOND
    if not isinstance(value, dict):
        return BEYOND
    name = str(key)
    return value.get(name, BEYOND if name in INHERITED else None)
