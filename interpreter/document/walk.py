"""A walk over the model: every node with the JSON pointer at which it stands in the raw document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from interpreter.document.blocks import Named, wire
from interpreter.document.inline import EACH, each_of
from interpreter.document.model import FunctionCall
from interpreter.values import join


def walk(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """A node of the model and all nodes beneath it, each before its members; `place` is the pointer of the first."""
    stack = [(place, node)]
    while stack:
        pointer, current = stack.pop()
        yield pointer, current
        stack.extend(reversed(list(_members(current, pointer))))


def _members(node: Any, place: str) -> Iterator[tuple[str, Any]]:
    for field in fields(node):
        value = getattr(node, field.name)
        if value is not None:
            yield from _nodes(value, join(place, wire(field.name)))
    each = each_of(node) if isinstance(node, FunctionCall) else None
    if each is not None:
        yield join(place, *EACH), each


def _nodes(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The nodes directly in a member: itself, those of a list, of a map, of named entries."""
    if isinstance(value, Named):
        yield from _nodes(value.body, join(place, value.name))
    elif is_dataclass(value):
        yield place, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nodes(item, join(place, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            if is_dataclass(item):
                yield join(place, key), item
