"""An operation and a task's parameters as a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from activities.http.body import Part, multipart, parts, written
from activities.http.content import is_form, is_json, is_multipart
from activities.openapi.arguments import Arguments, Content, divide
from activities.openapi.operation import Field, Media, Operation, Place, Written
from activities.openapi.styles import Pair, in_header, in_path, in_query
from interpreter.faults import fault
from interpreter.values import Json, kind_of

_TEMPLATED = re.compile(r"\{([^{}]+)\}")
_JSON = Written(style="form", explode=True, json=True)

Body: TypeAlias = tuple[bytes, str]
"""A body and its media type."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out, but for what every request has; `uri` is absolute and has its query."""

    method: str
    uri: str
    headers: tuple[Pair, ...]
    content: Content | None


def message(operation: Operation, given: Mapping[str, Json]) -> Message:
    """The request that calls an operation with a task's parameters; its body is still a value (`body_of`).

    Faults: those of `divide`; `validation` for what cannot be said where the document wants it.
    """
    arguments = divide(operation, given)
    query = "&".join(f"{name}={value}" for name, value in _pairs(arguments, "query"))
    uri = operation.server + _path(operation, arguments)
    return Message(operation.method, f"{uri}?{query}" if query else uri, tuple(_headers(operation, arguments)), arguments.content)


def body_of(content: Content) -> Body:
    """A body's bytes and its media type: JSON, a form, its parts, a text, or bytes given in base64."""
    media, value = content.media, content.value
    if is_form(media.type) and isinstance(value, dict):
        pairs = [pair for name, item in value.items() for pair in _form(name, item, _field(media, name, item))]
        return "&".join(f"{name}={text}" for name, text in pairs).encode("ascii"), media.type
    if is_multipart(media.type) and isinstance(value, dict):
        return multipart([part for name, item in value.items() for part in _parts(name, item, media)], media.type)
    if "*" in media.type:
        return _body_of_any(media, value)
    if not is_json(media.type) and isinstance(value, dict | list):
        raise fault(
            "validation",
            f"the body is sent as {media.type} and must be given as it goes out, as a text (bytes in base64); it is of type {kind_of(value)}",
        )
    return written(value, media.type, text=media.text)


def _body_of_any(media: Media, value: Json) -> Body:
    """A body of which the document leaves the type open: JSON, if that is among what it allows."""
    if media.type not in {"*/*", "application/*"}:
        raise fault("validation", f"the body may be any {media.type}; say which by a parameter 'Content-Type'")
    return written(value, "application/json")


def _path(operation: Operation, arguments: Arguments) -> str:
    """The path with its names filled in; no value may make it lead elsewhere."""
    values = {one.name: (value, one.written) for one, value in arguments.values if one.place == "path"}

    def filled(found: re.Match[str]) -> str:
        value, way = values[found[1]]
        text = in_path(found[1], value, way)
        if not text:
            raise fault("validation", f"the parameter {found[1]!r} stands in the path and must not be empty")
        return text

    path = _TEMPLATED.sub(filled, operation.path)
    if {".", ".."} & set(path.split("/")):
        raise fault("validation", "'.' and '..' have a meaning in a path and cannot be the value of a parameter there")
    return path


def _pairs(arguments: Arguments, place: Place) -> Iterator[Pair]:
    for one, value in arguments.values:
        if one.place == place:
            yield from in_query(one.name, value, one.written)


def _headers(operation: Operation, arguments: Arguments) -> Iterator[Pair]:
    if arguments.accept or operation.accepts:
        yield "Accept", arguments.accept or _preferring(operation.accepts)
    if arguments.content_type and arguments.content is None:
        yield "Content-Type", arguments.content_type
    for one, value in arguments.values:
        if one.place == "header":
            yield one.name, in_header(one.name, value, one.written)
    cookies = "; ".join(f"{name}={value}" for name, value in _pairs(arguments, "cookie"))
    if cookies:
        yield "Cookie", cookies


def _preferring(types: tuple[str, ...]) -> str:
    """What is understood: the first type, else the others, else anything, so that errors can be told in any way."""
    return ", ".join([types[0], *(f"{one};q=0.8" for one in types[1:] if one != "*/*"), *(["*/*;q=0.1"] if types[0] != "*/*" else [])])


def _field(media: Media, name: str, value: Json) -> Field:
    """What is known of a member of a form; one that the document does not describe is judged by its value."""
    known = media.fields.get(name)
    if known is not None:
        return known
    return Field(written=_JSON, media="application/json") if isinstance(value, dict) else Field()


def _form(name: str, value: Json, field: Field) -> Iterator[Pair]:
    if field.written.json and isinstance(value, list):
        for item in value:
            yield from in_query(name, item, _JSON)
    elif value is not None:
        yield from in_query(name, value, field.written)


def _parts(name: str, value: Json, media: Media) -> Iterator[Part]:
    field = _field(media, name, value)
    items = value if isinstance(value, list) else [value]
    if field.written.array and not field.written.explode and not field.binary:
        value = in_header(name, items, field.written)
    yield from parts(name, value, field.media, binary=field.binary)
