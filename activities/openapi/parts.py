"""What both families of OpenAPI documents have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from activities.http.content import is_json
from activities.openapi import schema
from activities.openapi.node import Node
from activities.openapi.operation import PLACES, Field, Media, Parameter, Place, Written

_TEMPLATED = re.compile(r"\{([^{}]+)\}")
_NEGOTIATED = frozenset({"accept", "content-type"})
_PLAIN = Written(style="simple", explode=False)


def fields(described: Node) -> dict[str, Field]:
    """The members of a body by its schema."""
    needed = schema.required(described)
    return {name: field(found, required=name in needed) for name, found in schema.properties(described).items()}


def field(described: Node, *, required: bool) -> Field:
    """A member of a body by its own schema: objects are written as JSON, bytes as they are; what is read only cannot be demanded."""
    binary, structured = schema.is_binary(described), schema.is_structured(described)
    return Field(
        required=required and not described.flag("readOnly"),
        written=Written(style="form", explode=True, array=schema.is_array(described), json=structured),
        media="application/octet-stream" if binary else "application/json" if structured else None,
        binary=binary,
    )


def ordered(media: Iterable[Media]) -> tuple[Media, ...]:
    """Forms of a body, JSON before all others: a task's data are JSON."""
    return tuple(sorted(media, key=lambda one: not is_json(one.type)))


def accepted(types: Iterable[str]) -> tuple[str, ...]:
    """Media types of answers, JSON before all others, each once."""
    return tuple(dict.fromkeys(sorted(types, key=lambda one: not is_json(one))))


def place_of(described: Node) -> Place:
    """Where a parameter goes."""
    found = described.needed("in")
    for place in PLACES:
        if found == place:
            return place
    raise described.fault(f"{described.pointer}/in must be one of {', '.join(PLACES)}, not {found!r}")


def declared(item: Node, operation: Node) -> list[Node]:
    """The parameters of a path, and of its operation, which go first and replace those of the same name and place.

    The headers that choose among media types are no parameters: they are understood for every operation.
    """
    found: dict[tuple[str | None, str | None], Node] = {}
    for one in (*operation.objects("parameters"), *item.objects("parameters")):
        found.setdefault((one.text("in"), one.text("name")), one)
    return [one for (place, name), one in found.items() if place != "header" or (name or "").lower() not in _NEGOTIATED]


def is_required(described: Node, name: str, place: Place) -> bool:
    """Whether a parameter must be given; `Authorization` need not, as the task's authentication may give it."""
    return place == "path" or (described.flag("required") and (place, name.lower()) != ("header", "authorization"))


def undeclared(path: str, known: Iterable[Parameter], keys: Iterable[Node]) -> Iterator[Parameter]:
    """Parameters that the document does not list among an operation's: names in its path, and API keys by their schemes."""
    names = {(one.place, one.name) for one in known}
    for name in dict.fromkeys(_TEMPLATED.findall(path)):
        if ("path", name) not in names:
            yield Parameter(name=name, place="path", required=True, written=_PLAIN)
    for key in keys:
        if key.text("type") == "apiKey":
            parameter = Parameter(name=key.needed("name"), place=place_of(key), required=False, written=_PLAIN)
            if (parameter.place, parameter.name) not in names:
                names.add((parameter.place, parameter.name))
                yield parameter


def absolute(server: str, described: Node) -> str:
    """A server's address without a slash at its end, relative ones made absolute by the document's own, whose credentials stay behind."""
    parts = urlsplit(described.source.uri)
    base = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    try:
        found = urlsplit(urljoin(base, server))
    except ValueError:
        found = urlsplit("")
    if found.scheme not in {"http", "https"} or not found.hostname:
        raise described.fault(f"the server {server!r} is no http or https address, nor is one made of it and of where the document stands")
    return found._replace(query="", fragment="").geturl().rstrip("/")
