"""What a rule looks at. A rule never walks a document itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from interpreter.document.blocks import Named
from interpreter.document.findings import Problem
from interpreter.document.model import Document, Task, TaskEntry, Use
from interpreter.document.shapes import members, shape_of
from interpreter.document.texts import Found, texts
from interpreter.document.walk import walk
from interpreter.languages import JQ, LANGUAGES, Language
from interpreter.values import Json, join

N = TypeVar("N")
CompileCheck: TypeAlias = Callable[[Sequence[str], Language], list[str | None] | None]
"""For each source None, or what is wrong with it; None instead of all where nothing here reads the language."""
Identity: TypeAlias = tuple[str, str, str]
"""Namespace, name and version of a workflow."""
Rule: TypeAlias = Callable[["Source"], Iterable[Problem]]

_OF_TASKS = shape_of(TaskEntry)


@dataclass(frozen=True)
class Source:
    """A document whose structure holds, and what else is known: how to compile expressions, and which other workflows there are."""

    document: Document
    raw: Json
    compile_check: CompileCheck | None = None
    known: Collection[Identity] = ()
    catalogs: Collection[str] = ()
    """Catalogs that the command line gives."""

    @cached_property
    def nodes(self) -> list[tuple[str, Any]]:
        """Every node with its pointer, each before what it holds."""
        return list(walk(self.document))

    @cached_property
    def texts(self) -> list[Found]:
        """Every text that may hold an expression."""
        return list(texts(self.document))

    @property
    def language(self) -> Language | None:
        """What expressions are written in; None for a language that nobody evaluates."""
        evaluate = self.document.evaluate
        return LANGUAGES.get(evaluate.language) if evaluate else JQ

    @property
    def use(self) -> Use:
        """The parts that are referred to by name."""
        return self.document.use or Use()

    def of(self, kind: type[N]) -> Iterator[tuple[str, N]]:
        """Every node of a type with its pointer."""
        return ((pointer, node) for pointer, node in self.nodes if isinstance(node, kind))

    @cached_property
    def lists(self) -> list[tuple[str, list[Named[Task]]]]:
        """Every task list with its pointer."""
        found = []
        for pointer, node in self.nodes:
            for member in members(type(node)).values():
                value = getattr(node, member.field)
                if value and _OF_TASKS in member.shape.inner():
                    found.append((join(pointer, member.name), value))
        return found
