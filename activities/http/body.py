"""Bodies of requests from data, by their media type: JSON, forms, multipart, text, bytes."""

from __future__ import annotations

import secrets
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from mimetypes import MimeTypes
from urllib.parse import urlencode

from activities.http.content import boundary_of, charset_of, is_binary, is_form, is_json, is_multipart
from activities.http.pairs import pairs
from interpreter.faults import fault
from interpreter.values import Json, encode

_FILE = {"filename", "contentType", "content"}
"""The members of a value that is a file in a multipart body: `content`, and at least one of the others."""

_BYTES = "application/octet-stream"
_TYPES = MimeTypes(filenames=())
"""Media types by file names, the same on every machine."""

_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    body: bytes
    media: str | None = None
    filename: str | None = None


def written(value: Json, content_type: str | None, *, text: bool = False) -> tuple[bytes, str]:
    """The bytes of a body, and the media type it is announced with.

    Without a media type, and under that of JSON, it is JSON; an object under that of a form becomes one, flat and with a list
    repeating its name, or the parts of `multipart/form-data` (`parts`). A text goes out as it is, in the charset that the media
    type names; under a type of bytes (images, archives, anything that is not known to be text and names no charset) it must be
    base64, as the content of an answer of that type would be. `text` says that it is one whatever its type. All else is JSON.

    `expression` faults for what cannot be written so.
    """
    if content_type is None:
        return _bytes(encode(value)), "application/json"
    if isinstance(value, dict) and is_form(content_type):
        return _bytes(urlencode(list(pairs(value, "body")), errors="replace")), content_type
    if isinstance(value, dict) and is_multipart(content_type):
        return multipart([part for name, item in value.items() for part in parts(name, item)], content_type)
    if not isinstance(value, str) or is_json(content_type):
        return _bytes(encode(value)), content_type
    if is_binary(content_type) and not text:
        return _decoded(value, f"the body is sent as {content_type}"), content_type
    return _text(value, content_type), content_type


def parts(name: str, value: Json, media: str | None = None, *, binary: bool = False) -> Iterator[Part]:
    """The parts that a member of a multipart body becomes: none for null, one for each item of a list.

    An object with `content` and `filename` or `contentType` is a file, its content written by its type; any other object is JSON,
    a text or number is itself. `media` is the type to be sent with it, `binary` says that it is the content of a file.
    """
    for item in value if isinstance(value, list) else [value]:
        if item is None:
            continue
        if isinstance(item, dict) and "content" in item and item.keys() <= _FILE and (binary or len(item) > 1):
            yield _file(name, item, media)
        elif binary or media is not None:
            body, announced = written(item, media or _BYTES)
            yield Part(name, body, announced, name if binary else None)
        elif isinstance(item, dict | list):
            yield Part(name, _bytes(encode(item)), "application/json")
        else:
            yield Part(name, _bytes(item if isinstance(item, str) else encode(item)))


def multipart(members: list[Part], content_type: str) -> tuple[bytes, str]:
    """A body of several parts, and its media type with the boundary between them (RFC 7578)."""
    boundary = boundary_of(content_type)
    if boundary is None:
        boundary = secrets.token_hex(16)
        content_type = f"{content_type}; boundary={boundary}"
    lines = []
    for part in members:
        disposition = f'form-data; name="{_quoted(part.name)}"'
        if part.filename is not None:
            disposition += f'; filename="{_quoted(part.filename)}"'
        kind = f"Content-Type: {_quoted(part.media)}\r\n" if part.media else ""
        lines += [_bytes(f"--{boundary}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n"), part.body, b"\r\n"]
    return b"".join([*lines, _bytes(f"--{boundary}--\r\n")]), content_type


def _file(name: str, value: dict[str, Json], media: str | None) -> Part:
    filename, kind = value.get("filename"), value.get("contentType")
    for member, given in (("filename", filename), ("contentType", kind)):
        if given is not None and not isinstance(given, str):
            raise fault("expression", f"{member!r} of the file {name!r} must be a text")
    guessed = None if filename is None else _TYPES.guess_type(filename)[0]
    body, announced = written(value["content"], kind or guessed or media or _BYTES)
    return Part(name, body, announced, name if filename is None else filename)


def _decoded(value: str, what: str) -> bytes:
    try:
        return b64decode("".join(value.splitlines()), validate=True)
    except (Error, ValueError):
        cure = "give its bytes in base64, or name a charset in the media type (; charset=utf-8) if it is text"
        raise fault("expression", f"{what}, and is not base64; {cure}") from None


def _text(value: str, content_type: str) -> bytes:
    charset = charset_of(content_type) or "utf-8"
    try:
        return value.encode(charset, "replace" if charset.lower() in {"utf-8", "utf8"} else "strict")
    except LookupError:
        raise fault("expression", f"the charset of the body, {charset!r}, is not known") from None
    except UnicodeError:
        raise fault("expression", f"the body holds characters that its charset {charset!r} does not have") from None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _quoted(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)
