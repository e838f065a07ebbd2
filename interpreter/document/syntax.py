"""What is wrong with a YAML text, in words that name the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.document.marks import Position

if TYPE_CHECKING:
    import yaml


class Unreadable(Exception):
    """A text that cannot be read as YAML or JSON; nothing behind `position` is known."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def position_at(text: str, offset: int) -> Position:
    """Line and column of a character."""
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - before.rfind("\n"))


def unreadable(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    """The parser's complaint, as one of ours."""
    at, context = _position(error.problem_mark), _position(error.context_mark)
    problem = error.problem or ""
    lines = text.splitlines() or [""]
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if "cannot start any token" in problem:
        return Unreadable(_character(line[at.column - 1 : at.column]), at)
    if "mapping values are not allowed" in problem:
        return Unreadable(_colon(line, at), at)
    if "expected ',' or" in problem:
        bracket = "{" if "}" in problem else "["
        message = f"the '{bracket}' of line {context.line} is not closed, or a comma is missing"
        return Unreadable(message, at if at.line == context.line else context)
    if "quoted scalar" in (error.context or "") and "end of stream" in problem:
        return Unreadable(f"the quote of line {context.line} is not closed", context)
    if "did not find expected key" in problem or "'-' indicator" in problem:
        return Unreadable(_misplaced(lines, line, at), at)
    if "could not find expected ':'" in problem:
        return Unreadable(f"a ':' is missing in line {context.line}, or what stands there is indented wrongly", context)
    words = ", ".join(part for part in (error.context, problem) if part)
    return Unreadable(words or "this is neither YAML nor JSON", at)


def _position(mark: yaml.Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _character(found: str) -> str:
    if found == "\t":
        return "a tab is used for indentation; use blanks"
    return f"a text cannot start with '{found}'; put it in quotes"


def _colon(line: str, at: Position) -> str:
    if ":" in line[: at.column - 1]:
        return "a text with ': ' needs quotes"
    return "no ':' is expected here; does the line above lack one? A text with ': ' needs quotes"


def _misplaced(lines: list[str], line: str, at: Position) -> str:
    """Something stands where the next key of a block was expected: after a value, or at a depth of its own."""
    if line[: at.column - 1].strip():
        return "the text goes on after its closing quote or bracket; put all of it in quotes"
    if line[at.column - 1 :].startswith("-"):
        return "a list entry stands among keys; write a blank after each dash, and entries of one list at one depth"
    word = line.strip().split(":")[0]
    neighbours = _neighbours(lines[: at.line - 1], at.column)
    if neighbours is None:
        return f"'{word}' is not indented like what stands above it"
    return f"'{word}' stands at column {at.column}, its neighbours at column {neighbours}"


def _neighbours(above: list[str], column: int) -> int | None:
    """The column of the nearest block above that is a little deeper than `column`."""
    deeper: int | None = None
    for line in reversed(above):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indented = len(line) - len(line.lstrip()) + 1
        if indented <= column:
            break
        deeper = indented if deeper is None else min(deeper, indented)
    return deeper
