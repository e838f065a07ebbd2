"""Where in document and model an error of Pydantic stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from interpreter.document.model import Document
from interpreter.document.shapes import UNKNOWN, Shape, members, shape_of
from interpreter.document.wording import Path
from interpreter.values import Json

ABSENT = object()


@dataclass(frozen=True, slots=True)
class Level:
    """A node on the way to an error: where it stands, the class it is read as, the union it was chosen from, what is written."""

    path: Path
    type: type[Any]
    choice: Shape | None
    raw: Json


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of an error: its path, what should stand there, what does (`ABSENT` for nothing), and the nodes around it, outermost first.

    `named` says that the last part of the path is the name of an entry; `shape` is `UNKNOWN` for a member that is not known.
    """

    path: Path
    shape: Shape
    raw: Json
    levels: tuple[Level, ...]
    named: bool


def spot_of(location: Sequence[str | int], document: Json) -> Spot:
    """The place that a location of Pydantic means; where a union stands in the types, the location holds the chosen member's index."""
    shape = shape_of(Document)
    choice: Shape | None = None
    path: Path = ()
    raw, levels, named = document, [], False
    for step in location:
        if shape.kind == "choice":
            choice, shape = shape, shape.inner()[int(step)]
            continue
        named = shape.kind == "entry"
        if shape.kind == "node":
            levels.append(Level(path, shape.type, choice, raw))
            member = members(shape.type).get(str(step))
            shape = member.shape if member else UNKNOWN
        else:
            shape = shape.inner()[0]
        choice = None
        path, raw = (*path, step), _below(raw, step)
    if shape.kind == "node" and raw is not ABSENT:
        levels.append(Level(path, shape.type, choice, raw))
    return Spot(path, shape, raw, tuple(levels), named)


def _below(raw: Json, step: str | int) -> Json:
    if isinstance(raw, dict):
        return raw.get(step, ABSENT)
    return raw[step] if isinstance(raw, list) and isinstance(step, int) and step < len(raw) else ABSENT
