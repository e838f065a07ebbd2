"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.document.marks import Marks
from interpreter.values import Json

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong at a JSON pointer of the document; `at` says whether the key or its value is meant."""

    code: str
    pointer: str
    message: str
    at: Literal["key", "value"] = "value"
    severity: Severity = "error"
    expected: str | None = None
    nearest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem with its place in a file; line and column count from 1."""

    severity: Severity
    code: str
    message: str
    pointer: str
    file: str
    line: int
    column: int
    expected: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity}[{self.code}] {self.message}"

    def as_json(self) -> dict[str, Json]:
        """The members that are set."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in members.items() if value is not None}


def locate(problems: Iterable[Problem], marks: Marks, file: str) -> tuple[Finding, ...]:
    """The problems in the order of the text; those that say the same of the same place are one."""
    found: dict[tuple[int, int, str, str], Finding] = {}
    for problem in problems:
        line, column = marks.key(problem.pointer) if problem.at == "key" else marks.value(problem.pointer)
        finding = Finding(
            severity=problem.severity,
            code=problem.code,
            message=problem.message,
            pointer=problem.pointer,
            file=file,
            line=line,
            column=column,
            expected=problem.expected,
            nearest=problem.nearest,
        )
        found.setdefault((line, column, problem.code, problem.message), finding)
    return tuple(found[place] for place in sorted(found, key=lambda place: place[:2]))
