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

_CODE = re.compile(r'["#()\[\]{}]|\$[A-Za-z_][A-Za-z0-9_]*')
_STRING = re.compile(r'\\.|"', re.DOTALL)
_COMMENT = re.compile(r"(?:[^\\\n]|\\\r\n|\\.|\\\Z)*", re.DOTALL)  # a backslash takes the line's end into the comment
_FIELD = re.compile(r'\.?\["([^"\\]*)"\]|\."([^"\\]*)"|\.([A-Za-z_][A-Za-z0-9_]*)')


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
    return all(token.kind == "name" for token in _tokens(expression, 0))


class _Token(NamedTuple):
    kind: Literal["name", "stray", "end"]
    text: str
    end: int
    expected: str | None
    """Of a stray closing bracket: the one that had to come first, None when nothing was open."""


def _tokens(text: str, at: int) -> Iterator[_Token]:
    """The `$names` and the closing brackets that close nothing, of the jq code that begins at `at`.

    The last one is of kind `end` when something is still open there.
    """
    opened: list[str] = []
    in_string = False
    while found := (_STRING if in_string else _CODE).search(text, at):
        piece, at = found[0], found.end()
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
        elif piece.startswith("$"):
            yield _Token("name", piece, at, None)
        elif opened and piece == _CLOSES[opened[-1]]:
            in_string = opened.pop() == "\\("
        else:
            yield _Token("stray", piece, at, _CLOSES[opened[-1]] if opened else None)
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
