"""JSON values and JSON pointers: the two things every part of the interpreter speaks about."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON value: null, boolean, number, string, list or object with string keys (order kept)."""


def encode(value: Json) -> str:
    """Compact JSON text of a value; keys keep their order, non-finite numbers are refused (`ValueError`)."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def canonical(value: Json) -> str:
    """JSON text that two values share if and only if they are written alike but for the order of members; `1` is not `1.0`. Pure ASCII."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def size(value: Json) -> int:
    """Length of a value's compact UTF-8 JSON text, in bytes."""
    return len(encode(value).encode("utf-8", "surrogatepass"))


def digest(text: str) -> str:
    """SHA-256 of a text in hexadecimal, whatever it holds: half of a surrogate pair has one, too."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def cut(text: str, most: int) -> str:
    """A text, of a longer one its first `most` characters and an ellipsis."""
    return text if len(text) <= most else f"{text[:most]}…"


def depth_exceeds(value: Json, limit: int) -> bool:
    """Whether a value is nested deeper than `limit` (a scalar has depth 0); never recurses."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        below: list[Json] = []
        for item in level:
            below.extend(item.values() if isinstance(item, dict) else item)
        level = [item for item in below if isinstance(item, dict | list)]
        if not level:
            return False
    return bool(level)


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal as JSON: members in any order, `1` is `1.0`, but `true` is not `1` (for Python it is)."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def join(pointer: str, *parts: str | int) -> str:
    """A JSON pointer extended by raw keys and indices, escaped by RFC 6901."""
    for part in parts:
        pointer += "/" + str(part).replace("~", "~0").replace("/", "~1")
    return pointer


def split(pointer: str) -> list[str]:
    """The raw keys of a JSON pointer, unescaped; `""` gives an empty list."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def lookup(value: Json, pointer: str) -> Json:
    """The value at a JSON pointer; `KeyError` where it leads nowhere."""
    for part in split(pointer):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise KeyError(pointer) from None
    return value


def kind_of(value: Json) -> str:
    """The JSON name of a value's type, as messages say it."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")
