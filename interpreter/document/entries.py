"""What is wrong with an entry of a list, or with an object that names no kind."""

from __future__ import annotations

from dataclasses import replace

from interpreter.document.blocks import OneKey, OneOf
from interpreter.document.cures import wrong_type
from interpreter.document.foreign import kind_for, process_for, schema_for
from interpreter.document.shapes import Shape, classes, members
from interpreter.document.spots import Spot
from interpreter.document.told import Told
from interpreter.document.unknown import deeper_kinds
from interpreter.document.wording import as_written, expected, found, name_of, quoted, shown
from interpreter.values import Json

_SHELL = "shell: {command: %s}"


def bad_entry(spot: Spot, shape: Shape) -> Told:
    """An entry that is not one name with something below it."""
    marker, raw = shape.marker(OneKey), spot.raw
    noun = marker.noun if marker else "entry"
    known = _words(shape.inner()[0])
    if not isinstance(raw, dict):
        return Told(spot.path, "wrong-type", f"{name_of(spot.path)} must be '- name: …', found {found(raw)}", expected="- name: …")
    if isinstance(raw.get("name"), str) and len(raw) > 1:
        message = f"a {noun}'s name is the key that it stands under: write '- {shown(raw['name'])}:' and indent the rest below it"
        return Told((*spot.path, "name"), "no-name", message, "key")
    names = [key for key in raw if key not in known]
    if not names:
        return _no_name(spot, noun)
    if len(names) == 1:
        belongs = next(key for key in raw if key in known)
        return Told((*spot.path, belongs), "indentation", f"'{belongs}' must be indented deeper than the {noun}'s name '{names[0]}'", "key")
    message = f"one list entry holds one name, found {quoted(names)}; put a dash before each"
    return Told((*spot.path, names[1]), "two-names", message, "key")


def _no_name(spot: Spot, noun: str) -> Told:
    message = f"this {'case' if noun == 'case' else 'entry'} has no {'' if noun == 'case' else noun + ' '}name"
    return Told(spot.path, "no-name", f"{message}; write '- name:' and indent the rest below it")


def no_kind(spot: Spot, shape: Shape) -> Told:
    """A value that ought to be one of several kinds, and is recognisably none."""
    union = shape.marker(OneOf)
    if union is None:
        return Told(spot.path, "wrong-type", wrong_type(spot.path, shape, spot.raw), expected=expected(shape))
    heads = OneOf.heads(shape.parts)
    if spot.named and spot.path[-1] in heads and not (isinstance(spot.raw, dict) and set(spot.raw) & _words(shape)):
        return _no_name(replace(spot, path=spot.path[:-1]), "task")
    if not isinstance(spot.raw, dict):
        return Told(spot.path, "wrong-type", wrong_type(spot.path, shape, spot.raw), expected=union.noun)
    head = next((key for key in heads if key in spot.raw), None)
    if head is None:
        return Told(spot.path, "no-kind", _exactly_one(union.noun, heads, spot.raw), "key", expected=_one_of(heads))
    return _no_kind_below(spot, shape, union, head)


def _no_kind_below(spot: Spot, shape: Shape, union: OneOf, head: str) -> Told:
    """As `run`: the kind is named one level deeper."""
    path, raw = (*spot.path, head), spot.raw[head]
    if isinstance(raw, dict):
        kinds = deeper_kinds(shape, head)
        return Told(path, "no-kind", _exactly_one(union.deeper, kinds, raw), "key", expected=_one_of(kinds))
    message = f"'{head}' must be an object, found {found(raw)}"
    is_command = isinstance(raw, str) and raw and "shell" in deeper_kinds(shape, head)
    cure = f"; write {_SHELL % as_written(raw)}" if is_command else ""
    return Told(path, "wrong-type", message + cure, expected="an object")


def _exactly_one(noun: str, kinds: list[str], raw: dict[str, Json]) -> str:
    there = f"found only {quoted(list(raw))}" if raw else "found nothing"
    instead = next(filter(None, map(_ELSEWHERE.get(noun, _nothing), raw)), None)
    hint = f"; here one writes {instead}" if instead else ""
    return f"{noun} needs {_one_of(kinds)}; {there}{hint}"


def _one_of(kinds: list[str]) -> str:
    return f"exactly one of {', '.join(kinds)}"


def _nothing(_: str) -> None:
    """No other language has words for it."""


_ELSEWHERE = {"a task": kind_for, "a process": process_for, "a schema": schema_for}
"""What is written here for a kind's word of another language."""


def _words(shape: Shape) -> set[str]:
    """Every member that what is named by an entry may have."""
    return {name for one in classes(shape) for name in members(one)}
