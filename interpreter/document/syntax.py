"""What is wrong with a YAML text, in words that name the cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Complaint:
    """The parser's words, where it stopped, and where that began which it was reading."""

    problem: str
    at: Position
    context: Position
    lines: list[str]

    @property
    def line(self) -> str:
        return self.lines[self.at.line - 1] if self.at.line <= len(self.lines) else ""


def unreadable(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    """The parser's complaint, as one of ours."""
    complaint = _Complaint(error.problem or "", _position(error.problem_mark), _position(error.context_mark), text.splitlines())
    for words, tell in _TELL.items():
        if words in complaint.problem:
            return tell(complaint)
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return Unreadable(said or "this is neither YAML nor JSON", complaint.at)


def _position(mark: yaml.Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _character(complaint: _Complaint) -> Unreadable:
    found = complaint.line[complaint.at.column - 1 : complaint.at.column]
    if found == "\t":
        return Unreadable("a tab is used for indentation; use blanks", complaint.at)
    return Unreadable(f"a text cannot start with '{found}'; put it in quotes", complaint.at)


def _colon(complaint: _Complaint) -> Unreadable:
    if ":" in complaint.line[: complaint.at.column - 1]:
        return Unreadable("a text with ': ' needs quotes", complaint.at)
    return Unreadable("no ':' is expected here; does the line above lack one? A text with ': ' needs quotes", complaint.at)


def _no_colon(complaint: _Complaint) -> Unreadable:
    message = f"a ':' is missing in line {complaint.context.line}, or what stands there is indented wrongly"
    return Unreadable(message, complaint.context)


def _bracket(complaint: _Complaint) -> Unreadable:
    bracket = "{" if "}" in complaint.problem else "["
    message = f"the '{bracket}' of line {complaint.context.line} is not closed, or a comma is missing"
    return Unreadable(message, complaint.at if complaint.at.line == complaint.context.line else complaint.context)


def _quote(complaint: _Complaint) -> Unreadable:
    return Unreadable(f"the quote of line {complaint.context.line} is not closed", complaint.context)


def _escape(complaint: _Complaint) -> Unreadable:
    return Unreadable("this escape is no character; the escapes \\uD800 to \\uDFFF come in pairs", complaint.at)


def _misplaced(complaint: _Complaint) -> Unreadable:
    """Something stands where the next key of a block was expected: after a value, or at a depth of its own."""
    line, at = complaint.line, complaint.at
    if line[: at.column - 1].strip():
        return Unreadable("the text goes on after its closing quote or bracket; put all of it in quotes", at)
    if line[at.column - 1 :].startswith("-"):
        return Unreadable("a list entry stands among keys; write a blank after each dash, and entries of one list at one depth", at)
    word = line.strip().split(":")[0]
    neighbours = _neighbours(complaint.lines[: at.line - 1], at.column)
    if neighbours is None:
        return Unreadable(f"'{word}' is not indented like what stands above it", at)
    return Unreadable(f"'{word}' stands at column {at.column}, its neighbours at column {neighbours}", at)


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


_TELL: dict[str, Callable[[_Complaint], Unreadable]] = {
    "cannot start any token": _character,
    "mapping values are not allowed": _colon,
    "could not find expected ':'": _no_colon,
    "expected ',' or": _bracket,
    "unexpected end of stream": _quote,
    "invalid Unicode character escape": _escape,
    "did not find expected key": _misplaced,
    "did not find expected '-' indicator": _misplaced,
}
"""What the parser says, and how it is told."""
