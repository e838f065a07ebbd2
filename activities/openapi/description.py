"""Finding an operation in a document that describes a service."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeAlias

from activities.openapi import openapi3, swagger2
from activities.openapi.node import Node, Source
from activities.openapi.operation import Operation
from interpreter.faults import Fault, fault
from interpreter.values import Json, kind_of

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MOST_NAMED = 20

_Read: TypeAlias = Callable[[Node, str, Node, str, str], Operation]


def operation(raw: Json, id: str, *, uri: str, shown: str) -> Operation:
    """The operation `id` of a document in Swagger 2.0 or OpenAPI 3.0 or 3.1 that was found at `uri`, which messages call `shown`.

    A `configuration` fault for a document of another kind, one that is not as its version demands where it matters here,
    and for an operation that it does not have, or has twice.
    """
    if not isinstance(raw, dict):
        raise fault("configuration", f"{shown} is no OpenAPI document: it is of type {kind_of(raw)}")
    root = Node(Source(raw, uri, shown), raw)
    read = _reader(root)
    path, item, method = _found(root, id)
    return read(root, path, item, method, id)


def _reader(root: Node) -> _Read:
    version = str(root.value.get("swagger") or root.value.get("openapi") or "")
    if version == "2.0":
        return swagger2.operation
    if version.startswith(("3.0", "3.1")):
        return openapi3.operation
    said = f"is of version {version}" if version else "is no OpenAPI document: it has neither 'swagger' nor 'openapi'"
    raise fault("configuration", f"{root.source.shown} {said}; Swagger 2.0, OpenAPI 3.0 and 3.1 are understood")


def _found(root: Node, id: str) -> tuple[str, Node, str]:
    """Path, path item and method of an operation. Paths that cannot be read only matter where it is not among the others."""
    paths, names, found = root.object("paths"), [], []
    unreadable: list[Fault] = []
    for path in paths.value:
        try:
            item = paths.object(path)
            named = {method: item.object(method).text("operationId") for method in _METHODS}
        except Fault as error:
            unreadable.append(error)
            continue
        names += [name for name in named.values() if name is not None]
        found += [(path, item, method) for method, name in named.items() if name == id]
    if len(found) == 1:
        return found[0]
    if not found and unreadable:
        raise unreadable[0]
    raise fault("configuration", f"{root.source.shown} {_ambiguous(id, found) if found else _unknown(id, names)}")


def _unknown(id: str, names: list[str]) -> str:
    if not names:
        return f"has no operation {id!r}: none of its operations has an 'operationId'"
    alike = {name.lower(): name for name in names}
    near = get_close_matches(id.lower(), alike, 1)
    meant = f" (did you mean {alike[near[0]]!r}?)" if near else ""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"has no operation {id!r}{meant}; it has {', '.join(names[:_MOST_NAMED])}{more}"


def _ambiguous(id: str, found: list[tuple[str, Node, str]]) -> str:
    return f"has more than one operation {id!r}: {', '.join(f'{method.upper()} {path}' for path, _, method in found)}"
