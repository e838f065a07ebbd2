"""A kept result as the stores hold it: what it is about, and its value, both as JSON text."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from activities.reading import parsed
from interpreter.values import Json, canonical

VERSION = 1

BYTES = 1_000_000
"""The largest result that is kept, as text; a run takes in no larger value anyway."""

_TEXTS, _NUMBERS = ("key", "workflow", "scope", "task", "kind"), ("stored", "expires", "bytes", "version")

_MOST = 250_000_000_000_000
"""No number here is as large: it would be an instant in the year 9892."""


class Garbage(ValueError):
    """What a store holds is nothing that this version kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a kept result without its value; instants in milliseconds."""

    key: str
    workflow: str
    """`namespace/name` of the workflow whose run kept it."""
    scope: str
    task: str
    kind: str
    stored: int
    expires: int
    bytes: int
    """Length of its value's text."""
    version: int = VERSION

    def as_text(self) -> str:
        """As JSON."""
        return canonical(asdict(self))


@dataclass(frozen=True, slots=True)
class Stored:
    """A result as it lies in a store: JSON texts of what it is about, and of its value."""

    about: str
    value: str


def text_of(value: Json) -> str:
    """A value as JSON in ASCII: every store takes that, whatever its encoding, and the order of members stays."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def about_in(text: str | bytes) -> About:
    """What is known of a result; `Garbage` for a text that says no such thing."""
    try:
        about = About(**parsed(text))
    except (ValueError, TypeError):
        raise Garbage("it is no result that was kept") from None
    numbers = [getattr(about, name) for name in _NUMBERS]
    right = all(isinstance(getattr(about, name), str) for name in _TEXTS) and all(type(one) is int and 0 <= one < _MOST for one in numbers)
    if not right or about.version != VERSION:
        raise Garbage("it is no result that this version kept")
    return about


def value_in(stored: Stored, key: str) -> tuple[About, Json]:
    """The result that was kept under a key; `Garbage` where it is another one, cut off, too large or no JSON."""
    about = about_in(stored.about)
    if about.key != key or about.bytes != len(stored.value) or about.bytes > BYTES:
        raise Garbage("it is not what was kept under its key")
    try:
        return about, parsed(stored.value)
    except ValueError as error:
        raise Garbage(f"its value is no JSON: {error}") from None
