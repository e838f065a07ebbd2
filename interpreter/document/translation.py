"""Pydantic's errors, told in the DSL's words: one function per type of error, and no kind of task by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from interpreter.document.blocks import Whole, Word
from interpreter.document.cures import bad_text, wrong_type
from interpreter.document.entries import bad_entry, no_kind
from interpreter.document.shapes import Shape, members
from interpreter.document.spelling import nearest
from interpreter.document.spots import Level, Spot
from interpreter.document.told import Told
from interpreter.document.unknown import meant
from interpreter.document.wording import Path, expected, found, name_of


def translate(errors: Sequence[tuple[Spot, Any]]) -> list[Told]:
    """What is wrong, once for each fault."""
    told: list[Told] = []
    filled: set[tuple[Path, str]] = set()  # members that are only misplaced; under the empty name, what is told as a whole
    rivalries: set[Path] = set()
    for spot, error in errors:
        if error["type"] == "unexpected_keyword_argument":
            reading = meant(str(spot.path[-1]), spot.levels[-1], spot.levels[:-1])
            filled.update((level.path, member) for level, member in reading.fills)
            if reading.reading != "rival":
                told.append(Told(spot.path, reading.code, reading.message, "key"))
            elif spot.levels[-1].path not in rivalries:
                rivalries.add(spot.levels[-1].path)
                last = (*spot.levels[-1].path, reading.rivals[-1])  # in the text; that is the one too many
                told.append(Told(last, reading.code, reading.message, "key"))
    told += _lists_in_place_of_nodes(errors, filled)
    return told + [_told(spot, error) for spot, error in errors if not _silent(spot, error, filled)]


def _silent(spot: Spot, error: Any, filled: set[tuple[Path, str]]) -> bool:
    """Whether another finding already says it: an unknown member, or the lack of what is only misplaced."""
    if error["type"] == "missing":
        return (spot.path[:-1], str(spot.path[-1])) in filled
    return error["type"] == "unexpected_keyword_argument" or (spot.path, "") in filled


def _lists_in_place_of_nodes(errors: Iterable[tuple[Spot, Any]], filled: set[tuple[Path, str]]) -> list[Told]:
    """A list where an object that holds a list belongs."""
    told = []
    for spot, error in errors:
        if error["type"] == "dataclass_type" and isinstance(spot.raw, list) and spot.path:
            homes = [member.name for member in members(spot.shape.type).values() if member.required and member.shape.kind == "list"]
            if homes:
                filled.add((spot.path, ""))
                told.append(Told(spot.path, "misplaced", f"the list belongs inside '{homes[0]}', one level deeper"))
    return told


def _told(spot: Spot, error: Any) -> Told:
    if error["type"] == "missing":
        return _missing(spot.levels[-1], str(spot.path[-1]))
    return _TELL[error["type"]](spot, spot.shape, error)


def _missing(level: Level, name: str) -> Told:
    return Told(level.path, "missing", f"{name_of(level.path)} needs '{name}'", "key", expected=name)


def _type(spot: Spot, shape: Shape, _: Any) -> Told:
    return Told(spot.path, "wrong-type", wrong_type(spot.path, shape, spot.raw), expected=expected(shape))


def _pattern(spot: Spot, _: Shape, error: Any) -> Told:
    code, wanted = error["ctx"]["code"], error["ctx"]["expected"]
    return Told(spot.path, code, f"{name_of(spot.path)} {bad_text(code, spot.raw, wanted)}", expected=wanted)


def _choice(spot: Spot, shape: Shape, _: Any) -> Told:
    word = shape.marker(Word)
    choices = word.choices if word else ()
    near = dict(word.means).get(spot.raw) if word else None
    near = near or nearest(spot.raw, choices)
    hint = f"; did you mean '{near}'?" if near else ""
    wanted = "one of " + ", ".join(choices)
    return Told(
        spot.path, "bad-value", f"{name_of(spot.path)} must be {wanted}, found {found(spot.raw)}{hint}", expected=wanted, nearest=near
    )


def _range(spot: Spot, shape: Shape, _: Any) -> Told:
    whole = shape.marker(Whole) or Whole()
    bounds = f"{whole.minimum} or more" if whole.maximum is None else f"from {whole.minimum} to {whole.maximum}"
    return Told(spot.path, "bad-value", f"{name_of(spot.path)} must be {bounds}, found {found(spot.raw)}", expected=bounds)


def _empty(spot: Spot, shape: Shape, _: Any) -> Told:
    if shape.kind == "node":
        return Told(spot.path, "empty", f"{name_of(spot.path)} needs at least one of {', '.join(members(shape.type))}")
    return Told(spot.path, "empty", f"{name_of(spot.path)} needs at least one {'entry' if shape.kind == 'list' else 'member'}")


def _too_deep(spot: Spot, _: Shape, __: Any) -> Told:
    return Told(spot.path, "too-deep", "this is nested too deep; make a workflow of the inner tasks", "key")


def _entry(spot: Spot, shape: Shape, _: Any) -> Told:
    return bad_entry(spot, shape)


def _kind(spot: Spot, shape: Shape, _: Any) -> Told:
    return no_kind(spot, shape)


_TELL: dict[str, Callable[[Spot, Shape, Any], Told]] = {
    "dataclass_type": _type,
    "string_type": _type,
    "bool_type": _type,
    "list_type": _type,
    "dict_type": _type,
    "whole": _type,
    "range": _range,
    "pattern": _pattern,
    "choice": _choice,
    "empty": _empty,
    "entry": _entry,
    "union_tag_not_found": _kind,
    "recursion_depth_exceeded": _too_deep,
}
