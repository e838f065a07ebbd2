"""Misspelt members: found, told, and put right for the next reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from interpreter.document.blocks import OneOf
from interpreter.document.model import Document
from interpreter.document.shapes import is_open, members
from interpreter.document.spots import Spot
from interpreter.document.told import Told
from interpreter.document.unknown import deeper_kinds, meant, slip_of
from interpreter.document.wording import Path, name_of
from interpreter.values import Json


class Slip(NamedTuple):
    """The path of a misspelt member, and the word that was meant."""

    path: Path
    word: str
    told: Told


def slips(errors: Iterable[tuple[Spot, Any]], document: Json) -> list[Slip]:
    """The misspelt members that can be seen now; each word is meant once in a node."""
    found: dict[tuple[Path, str], Slip] = {}
    for slip in _all(errors, document):
        found.setdefault((slip.path[:-1], slip.word), slip)
    by_path = {slip.path: slip for slip in found.values()}
    return list(by_path.values())


def _all(errors: Iterable[tuple[Spot, Any]], document: Json) -> Iterator[Slip]:
    yield from _at_root(document)
    for spot, error in errors:
        match error["type"]:
            case "unexpected_keyword_argument":
                reading = meant(str(spot.path[-1]), spot.levels[-1], spot.levels[:-1])
                if reading.word:
                    yield _slip(spot.path, reading.word, "unknown-member", reading.message)
            case "union_tag_not_found" if isinstance(spot.raw, dict):
                yield from _of_kind(spot)
            case "missing" if is_open(spot.levels[-1].type):
                yield from _of_missing(spot)


def _slip(path: Path, word: str, code: str, message: str) -> Slip:
    return Slip(path, word, Told(path, code, message, "key", nearest=word))


def _of_kind(spot: Spot) -> Iterator[Slip]:
    """No key names a kind: perhaps one is misspelt, here or one level deeper."""
    if not spot.shape.marker(OneOf):
        return
    heads = OneOf.heads(spot.shape.parts)
    head = next((key for key in heads if key in spot.raw), None)
    below = spot.raw[head] if head else spot.raw
    kinds = deeper_kinds(spot.shape, head) if head else heads
    for key in below if isinstance(below, dict) else ():
        if word := slip_of(key, kinds):
            path = (*spot.path, head, key) if head else (*spot.path, key)
            yield _slip(path, word, "misspelt-kind", f"'{key}' is not known here; did you mean '{word}'?")
            return


def _of_missing(spot: Spot) -> Iterator[Slip]:
    """An open node lacks a member: perhaps it is there, misspelt."""
    level, lacking = spot.levels[-1], str(spot.path[-1])
    for key in level.raw:
        if key not in members(level.type) and slip_of(key, [lacking]):
            message = f"'{key}' is not known in {name_of(level.path)}; did you mean '{lacking}'?"
            yield _slip((*level.path, key), lacking, "unknown-member", message)
            return


def _at_root(document: Json) -> Iterator[Slip]:
    """The root is open, yet a word near one of its members is a mistake."""
    for key in document if isinstance(document, dict) else ():
        known = members(Document)
        word = None if key in known else slip_of(key, [name for name in known if name not in document])
        if word:
            yield _slip((key,), word, "unknown-member", f"'{key}' is not known in the document; did you mean '{word}'?")
