"""Hints that nobody reads, and those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interpreter.defaults import CLIENT_CERTIFICATE, METADATA
from interpreter.document.blocks import Notes, Word
from interpreter.document.cache_hint import HINT
from interpreter.document.findings import Problem
from interpreter.document.rules.source import Source
from interpreter.document.shapes import Shape, members
from interpreter.document.spelling import nearest
from interpreter.document.wording import expected, found, quoted
from interpreter.durations import milliseconds
from interpreter.values import Json, join

_TOLD_ELSEWHERE = (CLIENT_CERTIFICATE, HINT)
"""Hints that rules of their own are about."""


def bad_hint(source: Source) -> Iterator[Problem]:
    """What stands in `metadata.swtemporal` is a hint that there is, with a value that it can have. Metadata are the author's own: these are warnings."""
    for pointer, node in source.nodes:
        for member in members(type(node)).values():
            notes, written = member.shape.marker(Notes), getattr(node, member.field)
            if notes and written and METADATA in written:
                yield from _looked_at(written[METADATA], notes.hints, join(pointer, member.name, METADATA))


def _looked_at(hints: Json, kind: type[Any], place: str) -> Iterator[Problem]:
    if not isinstance(hints, dict):
        yield _bad(place, "an object", hints)
        return
    known = members(kind)
    for name, value in hints.items():
        at = join(place, name)
        if name not in known:
            yield _unknown(name, list(known), at)
        elif name in _TOLD_ELSEWHERE:
            continue
        elif known[name].shape.kind == "node":
            yield from _looked_at(value, known[name].shape.type, at)
        elif not _fits(value, known[name].shape):
            yield _bad(at, expected(known[name].shape), value)


def _unknown(name: str, known: list[str], place: str) -> Problem:
    near = nearest(name, known)
    hint = f"did you mean '{near}'?" if near else f"there is {quoted(known)}"
    message = f"'{name}' is no hint of this product, and nothing is done with it; {hint}"
    return Problem(code="unknown-hint", pointer=place, message=message, at="key", severity="warning", nearest=near)


def _bad(place: str, wanted: str, value: Json) -> Problem:
    message = f"the hint '{place.rpartition('/')[2]}' must be {wanted}, found {found(value)}"
    return Problem(code="bad-hint", pointer=place, message=message, severity="warning", expected=wanted)


def _fits(value: Json, shape: Shape) -> bool:
    word = shape.marker(Word)
    match shape.kind:
        case "boolean":
            return isinstance(value, bool)
        case "text":
            return isinstance(value, str) and bool(value) and (word is None or value in word.choices)
        case "map":
            return isinstance(value, dict)
    return _is_length(value)


def _is_length(value: Json) -> bool:
    try:
        length = milliseconds(value) if isinstance(value, str) else value
    except ValueError:
        return False
    return isinstance(length, int) and not isinstance(length, bool) and length > 0
