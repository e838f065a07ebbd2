"""Function documents: a task in a file of its own, as catalogs hold them.

https://github.com/serverlessworkflow/specification/blob/main/dsl.md#using-a-custom-function
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interpreter.document.findings import Finding, Problem, locate
from interpreter.document.inline import read_task, unwrapped, wrapped
from interpreter.document.marks import Marks
from interpreter.document.model import Task
from interpreter.document.reader import read
from interpreter.document.rules import CompileCheck, Rule, Source
from interpreter.document.structure import read_structure
from interpreter.document.syntax import Unreadable
from interpreter.recent import Recent
from interpreter.values import Json

CACHE_CHARACTERS = 16_000_000
"""Of functions whose texts a process has read."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its task, and what is written."""

    task: Task
    raw: Json


@dataclass(frozen=True, slots=True)
class LoadedFunction:
    """A function's file that was read: the function (None where there is an error) and what is wrong with it."""

    function: Function | None
    findings: tuple[Finding, ...]


def load_function(text: str | bytes, name: str, *, rules: Sequence[Rule] = (), compile_check: CompileCheck | None = None) -> LoadedFunction:
    """The function in YAML or JSON; `name` is the file as findings call it. The rules are asked only where the structure holds."""
    try:
        written = read(text)
    except Unreadable as error:
        problem = Problem(code="yaml", pointer="", message=error.message)
        return LoadedFunction(None, locate([problem], Marks(values={"": error.position}), name))
    task, problems = read_task(written.raw)
    for duplicate in written.duplicates:
        message = f"'{duplicate.key}' is written twice; first at line {duplicate.first.line}"
        problems.append(Problem(code="duplicate-key", pointer=duplicate.pointer, message=message, at="key"))
    document = read_structure(wrapped(written.raw)).document if rules and not problems else None
    if document is not None:
        source = Source(document, wrapped(written.raw), compile_check)
        problems += [unwrapped(problem) for rule in rules for problem in rule(source)]
    broken = any(problem.severity == "error" for problem in problems)
    function = None if task is None or broken else Function(task, written.raw)
    return LoadedFunction(function, locate(problems, written.marks, name))


def function_in(text: str, name: str) -> Function:
    """The function in a text; `ValueError` with the first fault and its place, for one that holds none."""
    found = _functions.get((text, name))
    if found is None:
        found = _function(text, name)
        _functions.put((text, name), found, len(text))
    return found


def _function(text: str, name: str) -> Function:
    loaded = load_function(text, name)
    if loaded.function is None:
        first = loaded.findings[0]
        raise ValueError(f"{first.file}:{first.line}:{first.column}: {first.message}")
    return loaded.function


_functions: Recent[Function] = Recent(CACHE_CHARACTERS)
