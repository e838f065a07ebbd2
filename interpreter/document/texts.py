"""Every text of a document that may hold an expression, by role rather than by a list of members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from interpreter.document.blocks import Data, Expr, Marked, Named
from interpreter.document.cache_hint import HINT
from interpreter.document.catalogs import DEFAULT, HTTP_CONTAINER
from interpreter.document.hints import METADATA_HINTS, hints_in
from interpreter.document.inline import EACH, each_of
from interpreter.document.model import (
    A2aArguments,
    AsyncApiArguments,
    AsyncApiSubscription,
    BasicProperties,
    BearerProperties,
    Container,
    DigestProperties,
    Document,
    FunctionCall,
    GrpcArguments,
    HttpArguments,
    McpArguments,
    OAuth2Client,
    OAuth2Endpoints,
    OAuth2Properties,
    OAuth2Token,
    OidcProperties,
    OpenApiArguments,
    Script,
    Shell,
    TaskCommon,
)
from interpreter.document.model import (
    Iterator as ForEach,
)
from interpreter.document.shapes import Kind, Shape, members
from interpreter.values import Json, join

Role: TypeAlias = Literal["expression", "marked", "data"]

_DEFERRED: tuple[type[Any], ...] = (
    HttpArguments,
    OpenApiArguments,
    GrpcArguments,
    AsyncApiArguments,
    McpArguments,
    A2aArguments,
    Container,
    Script,
    Shell,
    BasicProperties,
    BearerProperties,
    DigestProperties,
    OAuth2Properties,
    OidcProperties,
    OAuth2Client,
    OAuth2Endpoints,
    OAuth2Token,
)
"""Nodes whose expressions may be evaluated where the effect takes place, so that secrets never reach the history."""


_KINDS: dict[type[Any], Kind] = {str: "text", list: "list", dict: "map"}
"""How the members of a union are told apart by a value; any other is a node."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text: where it stands, what it says, how it is read, and whether it may name secrets.

    `expression`: all of it is an expression; `marked`: every `${ }` is one; `data`: the same, within free data.
    """

    pointer: str
    text: str
    role: Role
    deferred: bool


def texts(document: Document) -> Iterator[Found]:
    """The texts of a document."""
    yield from _of_node(document, "", deferred=False)


def _of_node(node: Any, place: str, *, deferred: bool) -> Iterator[Found]:
    deferred = (deferred or _defers(node)) and not isinstance(node, ForEach | AsyncApiSubscription)
    each = each_of(node) if isinstance(node, FunctionCall) else None
    if each is not None:
        yield from _of_node(each, join(place, *EACH), deferred=False)
    if isinstance(node, TaskCommon):
        yield from _of_hints(node, place)
    for member in members(type(node)).values():
        value = getattr(node, member.field)
        if each is not None and member.name == EACH[0]:
            value = {name: item for name, item in value.items() if name != EACH[1]}
        if value is not None:
            yield from _of_value(value, member.shape, join(place, member.name), deferred)


def _defers(node: Any) -> bool:
    return isinstance(node, _DEFERRED) or (isinstance(node, FunctionCall) and node.call == f"{HTTP_CONTAINER}@{DEFAULT}")


def _of_hints(task: TaskCommon, place: str) -> Iterator[Found]:
    """`metadata` is free in form; of the product's own hints these hold expressions."""
    hints = hints_in(task.metadata)
    if HINT in hints:
        yield from _of_data(hints[HINT], join(place, *METADATA_HINTS, HINT), deferred=False)


def _of_value(value: Any, shape: Shape, place: str, deferred: bool) -> Iterator[Found]:
    if (shape.kind == "node" and isinstance(value, dict)) or shape.marker(Data):
        yield from _of_data(value, place, deferred)
    elif shape.kind == "node":
        yield from _of_node(value, place, deferred=deferred)
    elif shape.kind == "choice":
        yield from _of_choice(value, shape, place, deferred)
    elif shape.kind == "text":
        role: Role | None = "expression" if shape.marker(Expr) else "marked" if shape.marker(Marked) else None
        if role:
            yield Found(place, value, role, deferred)
    elif shape.kind in {"entry", "list", "map"}:
        for pointer, item in _held(value, place):
            yield from _of_value(item, shape.inner()[0], pointer, deferred)


def _held(value: Any, place: str) -> list[tuple[str, Any]]:
    """What an entry, a list or a map holds."""
    if isinstance(value, Named):
        return [(join(place, value.name), value.body)]
    if isinstance(value, list):
        return [(join(place, index), item) for index, item in enumerate(value)]
    return [(join(place, key), item) for key, item in value.items()] if isinstance(value, dict) else []


def _of_choice(value: Any, shape: Shape, place: str, deferred: bool) -> Iterator[Found]:
    kind = _KINDS.get(type(value))
    if kind is None:
        yield from _of_node(value, place, deferred=deferred)
        return
    chosen = next((inner for inner in shape.inner() if inner.kind == kind), None)
    if chosen:
        yield from _of_value(value, chosen, place, deferred)


def _of_data(value: Json, place: str, deferred: bool) -> Iterator[Found]:
    pending = [(place, value)]
    while pending:
        pointer, item = pending.pop()
        if isinstance(item, str):
            yield Found(pointer, item, "data", deferred)
        elif isinstance(item, dict):
            pending.extend((join(pointer, key), below) for key, below in item.items())
        elif isinstance(item, list):
            pending.extend((join(pointer, index), below) for index, below in enumerate(item))
