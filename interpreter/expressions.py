r"""The text of runtime expressions: where they stand in a string, and which arguments they name.

Only text is looked at here; jq itself is asked in `interpreter.evaluation`. Strings, `\(…)` in strings, comments and
brackets are told apart by the rules of jq's own lexer, so a brace in a string closes nothing.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#runtime-expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

_CACHED = 8192

_OPENING = "${"
_CLOSES = {"(": ")", "\\(": ")", "[": "]", "{": "}"}
_KINDS: dict[str, Literal["name", "comma"]] = {"$": "name", ",": "comma"}

_CODE = re.compile(r'["#()\[\]{},]|\$[A-Za-z_][A-Za-z0-9_]*')
_STRING = re.compile(r'\\.|"', re.DOTALL)
_COMMENT = re.compile(r"(?:[^\\\n]|\\\r\n|\\.|\\\Z)*", re.DOTALL)  # a backslash takes the line's end into the comment
_FIELD = re.compile(r'\.?\["([^"\\]*)"\]|\."([^"\\]*)"|\.([A-Za-z_][A-Za-z0-9_]*)')
_LENIENT = re.compile(r"//|\?|(?<![=!<>])=(?!=)")
_KEY = re.compile(r'\s*(?:"([^"\\]*)"|(\$?)([A-Za-z_][A-Za-z0-9_]*))\s*(?::(.*))?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expression:
    """The jq source between `${` and `}`, trimmed; `start` is its first character's place in the whole text."""

    source: str
    start: int = field(default=0, compare=False)


@lru_cache(_CACHED)
def split(text: str) -> tuple[str | Expression, ...]:
    """The literal parts and the `${ … }` parts of a string, in order; empty literals are left out.

    A text without `${` gives itself. `ValueError`, worded for the document's author, when a `${` is never closed.
    """
    parts: list[str | Expression] = []
    at = 0
    while (opening := text.find(_OPENING, at)) >= 0:
        if opening > at:
            parts.append(text[at:opening])
        closing = _closing(text, opening)
        inner = text[opening + len(_OPENING) : closing]
        indent = len(inner) - len(inner.lstrip())
        parts.append(Expression(inner.strip(), opening + len(_OPENING) + indent))
        at = closing + 1
    if at < len(text) or not parts:
        parts.append(text[at:])
    return tuple(parts)


@lru_cache(_CACHED)
def whole(text: str) -> str | None:
    """The jq source if one `${ … }` spans the whole trimmed text, else None; `ValueError` as `split`."""
    trimmed = text.strip()
    if not trimmed.startswith(_OPENING):
        return None
    parts = split(trimmed)
    return parts[0].source if len(parts) == 1 and isinstance(parts[0], Expression) else None


@lru_cache(_CACHED)
def source(text: str) -> str:
    """The jq source of a field whose only meaning is an expression (`if`, `when`, `for.in`, …), marked with `${ }` or not.

    `ValueError`, worded for the document's author, when the text begins with `${` but is not one marked expression.
    """
    trimmed = text.strip()
    if not trimmed.startswith(_OPENING):
        return trimmed
    marked = whole(trimmed)
    if marked is None:
        raise ValueError("text goes on after the closing `}` of `${ … }`; mark the whole expression, or leave `${ }` out")
    return marked


@lru_cache(_CACHED)
def names(expression: str) -> frozenset[str]:
    """The `$names` that jq source mentions, without `$`, those it binds itself included.

    Never misses one that jq would look up; never fails, also on text that jq refuses.
    """
    return frozenset(token.text[1:] for token in _tokens(expression, 0) if token.kind == "name")


def context_fields(expression: str) -> frozenset[str] | None:
    """The members of `$context` that jq source reads; None when it may look at the whole of it."""
    return fields("context", expression)


@lru_cache(_CACHED)
def fields(variable: str, expression: str) -> frozenset[str] | None:
    """The members of a variable (named without `$`) that jq source reads; None when it may look at the whole of it."""
    read: set[str] = set()
    for token in _tokens(expression, 0):
        if token.kind != "name" or token.text[1:] != variable:
            continue
        found = _FIELD.match(expression, token.end)
        if found is None:
            return None
        read.add(next(group for group in found.groups() if group is not None))
    return frozenset(read)


def balanced(expression: str) -> bool:
    """Whether every bracket and string of jq source is closed, and none is closed that was not open."""
    return all(token.kind in {"name", "comma"} for token in _tokens(expression, 0))


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
    if text[:1] != "{" or text[-1:] != "}" or not balanced(text[1:-1]):
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
    for token in _tokens(text, 0):
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


class _Token(NamedTuple):
    kind: Literal["name", "comma", "stray", "end"]
    text: str
    end: int
    expected: str | None
    """The bracket that has to close first here, None when nothing is open."""


def _tokens(text: str, at: int) -> Iterator[_Token]:
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
            yield _Token(_KINDS.get(piece[0], "stray"), piece, at, expected)
    if opened or in_string:
        yield _Token("end", "", len(text), None)


def _closing(text: str, opening: int) -> int:
    """The place of the `}` that closes the `${` at `opening`."""
    for token in _tokens(text, opening + len(_OPENING)):
        if token.kind != "stray":
            continue
        if token.text == "}" and token.expected is None:
            return token.end - 1
        expected = token.expected or "}"
        raise ValueError(f"`{token.text}` at character {token.end} of {_excerpt(text)}, where `{expected}` has to come first")
    raise ValueError(
        f"`${{` at character {opening + 1} of {_excerpt(text)} is never closed; add the missing `}}` (one inside a string or a comment does not count)"
    )


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return f"`{line[:60]}…`" if len(line) > 60 else f"`{line}`"  # noqa: PLR2004
