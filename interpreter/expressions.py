r"""The text of jq expressions: where they end in a string, and which arguments and members they name.

Only text is looked at here; jq itself is asked in `interpreter.evaluation`. Strings, `\(…)` in strings, comments and
brackets are told apart by the rules of jq's own lexer, so a brace in a string closes nothing.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#runtime-expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

_CACHED = 8192

_CLOSES = {"(": ")", "\\(": ")", "[": "]", "{": "}"}
_KINDS: dict[str, Literal["name", "comma"]] = {"$": "name", ",": "comma"}

_CODE = re.compile(r'["#()\[\]{},]|\$[A-Za-z_][A-Za-z0-9_]*')
_STRING = re.compile(r'\\.|"', re.DOTALL)
_COMMENT = re.compile(r"(?:[^\\\n]|\\\r\n|\\.|\\\Z)*", re.DOTALL)  # a backslash takes the line's end into the comment
_FIELD = re.compile(r'\.?\["([^"\\]*)"\]|\."([^"\\]*)"|\.([A-Za-z_][A-Za-z0-9_]*)')
_LENIENT = re.compile(r"//|\?|(?<![=!<>])=(?!=)")
_KEY = re.compile(r'\s*(?:"([^"\\]*)"|(\$?)([A-Za-z_][A-Za-z0-9_]*))\s*(?::(.*))?', re.DOTALL)


@lru_cache(_CACHED)
def names(expression: str) -> frozenset[str]:
    """The `$names` that jq source mentions, without `$`, those it binds itself included.

    Never misses one that jq would look up; never fails, also on text that jq refuses.
    """
    return frozenset(token.text[1:] for token in tokens(expression, 0) if token.kind == "name")


@lru_cache(_CACHED)
def fields(variable: str, expression: str) -> frozenset[str] | None:
    """The members of a variable (named without `$`) that jq source reads; None when it may look at the whole of it."""
    read: set[str] = set()
    for token in tokens(expression, 0):
        if token.kind != "name" or token.text[1:] != variable:
            continue
        found = _FIELD.match(expression, token.end)
        if found is None:
            return None
        read.add(next(group for group in found.groups() if group is not None))
    return frozenset(read)


@lru_cache(_CACHED)
def path(expression: str) -> tuple[str, ...] | None:
    """The member names on the path that jq source consists of, none for `.`; None where it is anything else."""
    steps, end = _steps(expression)
    return steps if end == len(expression) and (steps or expression == ".") else None


@lru_cache(_CACHED)
def needed(expression: str) -> tuple[str, ...]:
    """The member names on the path with which jq source begins; none where it begins otherwise, or says what to do without them.

    What says so is `//`, `?` and every assignment, wherever it stands.
    """
    return () if _LENIENT.search(expression) else _steps(expression)[0]


@lru_cache(_CACHED)
def constructed(expression: str) -> dict[str, str] | None:
    """The members of the object that jq source consists of, each with its own source; None for anything else, or a computed key."""
    text = expression.strip()
    if text[:1] != "{" or text[-1:] != "}" or any(token.kind in {"stray", "end"} for token in tokens(text[1:-1], 0)):
        return None
    members: dict[str, str] = {}
    for entry in _separated(text[1:-1]):
        key = _KEY.fullmatch(entry)
        if key is None:
            return None
        quoted, sign, plain, value = key.groups()
        name = plain if quoted is None else quoted
        members[name] = value.strip() if value is not None else f"${name}" if sign else f".{name}" if quoted is None else f'."{name}"'
    return members


def _separated(text: str) -> Iterator[str]:
    """The parts of jq source between the commas that stand in no bracket; none of blanks alone."""
    at = 0
    for token in tokens(text, 0):
        if token.kind == "comma" and token.expected is None:
            yield text[at : token.end - 1]
            at = token.end
    if text[at:].strip():
        yield text[at:]


def _steps(expression: str) -> tuple[tuple[str, ...], int]:
    """The names with which a path of `.` begins, and where it ends."""
    steps: list[str] = []
    at = 0
    while (found := _FIELD.match(expression, at)) and expression[0] == ".":
        steps.append(next(group for group in found.groups() if group is not None))
        at = found.end()
    return tuple(steps), at or int(expression == ".")


class Token(NamedTuple):
    """A piece of code that says something about the whole: see `tokens`."""

    kind: Literal["name", "comma", "stray", "end"]
    text: str
    end: int
    expected: str | None
    """The bracket that has to close first here, None when nothing is open."""


def tokens(text: str, at: int) -> Iterator[Token]:
    """The `$names`, the commas and the closing brackets that close nothing, of the jq code that begins at `at`.

    The last one is of kind `end` when something is still open there.
    """
    opened: list[str] = []
    in_string = False
    while found := (_STRING if in_string else _CODE).search(text, at):
        piece, at = found[0], found.end()
        expected = _CLOSES[opened[-1]] if opened else None
        if in_string:
            if piece == "\\(":
                opened.append(piece)
            in_string = piece not in ('"', "\\(")
        elif piece == '"':
            in_string = True
        elif piece == "#":
            comment = _COMMENT.match(text, at)
            at = comment.end() if comment else at
        elif piece in _CLOSES:
            opened.append(piece)
        elif piece == expected:
            in_string = opened.pop() == "\\("
        else:
            yield Token(_KINDS.get(piece[0], "stray"), piece, at, expected)
    if opened or in_string:
        yield Token("end", "", len(text), None)
