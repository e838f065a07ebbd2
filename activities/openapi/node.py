"""A place in a document (OpenAPI, AsyncAPI) that nobody has checked: what it holds, or a fault that says what should stand there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote, urldefrag, urljoin

from interpreter.faults import Fault, fault
from interpreter.values import Json, join, kind_of, lookup

T = TypeVar("T")

_LONGEST_CHAIN = 32
"""References that lead to one another, at most."""

_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Source:
    """A whole document: its value, its own address, and how messages name it."""

    raw: Json
    uri: str
    shown: str
    kind: str = "OpenAPI"


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the document; `pointer` is where it stands. What is absent is an object without members."""

    source: Source
    value: dict[str, Json]
    pointer: str = ""

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def object(self, name: str) -> Node:
        """The object that a member holds, references followed."""
        return self._followed(self.value.get(name, {}), join(self.pointer, name))

    def members(self) -> Iterator[tuple[str, Node]]:
        """Every member, each of which must be an object, references followed."""
        return ((name, self.object(name)) for name in self.value)

    def objects(self, name: str) -> Iterator[Node]:
        """The objects of the array that a member holds, references followed."""
        for index, item in enumerate(self._typed(name, list) or []):
            yield self._followed(item, join(self.pointer, name, index))

    def texts(self, name: str) -> list[str]:
        """The texts of the array that a member holds."""
        found = self._typed(name, list) or []
        if not all(isinstance(item, str) for item in found):
            raise self.fault(f"{join(self.pointer, name)} must hold strings only")
        return found

    def text(self, name: str) -> str | None:
        """The text that a member holds, None where there is none."""
        return self._typed(name, str)

    def needed(self, name: str) -> str:
        """The text that a member must hold."""
        found = self.text(name)
        if found is None:
            raise self.fault(f"{self.pointer or '/'} must have {name!r}")
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Whether a member holds `true`."""
        found = self._typed(name, bool)
        return default if found is None else found

    def fault(self, what: str) -> Fault:
        """A `configuration` fault about the document."""
        return fault("configuration", f"{self.source.shown}: {what}", title=f"{self.source.kind} document not usable")

    def _typed(self, name: str, kind: type[T]) -> T | None:
        found = self.value.get(name)
        if found is not None and not isinstance(found, kind):
            raise self.fault(f"{join(self.pointer, name)} must be of type {_NAMES[kind]}, not {kind_of(found)}")
        return found

    def _followed(self, value: Json, pointer: str) -> Node:
        for _ in range(_LONGEST_CHAIN):
            if isinstance(value, bool):
                value = {}  # as a schema, `true` is the one that says nothing
            if not isinstance(value, dict):
                raise self.fault(f"{pointer} must be of type object, not {kind_of(value)}")
            reference = value.get("$ref")
            if not isinstance(reference, str):
                return Node(self.source, value, pointer)
            value, pointer = self._referred(reference, pointer)
        raise self.fault(f"{pointer} leads back to itself: its references form a circle")

    def _referred(self, reference: str, pointer: str) -> tuple[Json, str]:
        address, fragment = urldefrag(urljoin(self.source.uri, reference) if reference[:1] != "#" else reference)
        if address and address != urldefrag(self.source.uri).url:
            raise self.fault(
                f"{pointer} refers to another document ({reference}), and only this one is read; bundle them into one document first"
            )
        target = unquote(fragment)
        try:
            if target and target[0] == "/":
                return lookup(self.source.raw, target), target
        except KeyError:
            pass
        raise self.fault(f"{pointer} refers to {reference}, where nothing stands")
