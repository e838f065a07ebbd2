"""Words for what stands in a document, what was expected, and how to put it right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from interpreter.document.blocks import Expr, ListOr, OneOf, Says, Text, TextOr, UseOr, Word
from interpreter.document.foreign import value_for
from interpreter.document.model.scalars import NAME
from interpreter.document.shapes import Shape, classes, members
from interpreter.values import Json

Path: TypeAlias = tuple[str | int, ...]

_SHOWN = 60
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "s": "seconds", "sec": "seconds", "ms": "milliseconds"}
_SIMPLE = re.compile(r"(\d+)\s*([a-z]+)")
_KINDS = {"text": "text", "integer": "a whole number", "boolean": "true or false", "list": "a list", "map": "a map"}
_DEEPER = "is the text below it indented deeper?"


def quoted(words: Sequence[str]) -> str:
    """`'a', 'b' and 'c'`."""
    marked = [f"'{word}'" for word in words]
    return marked[0] if len(marked) == 1 else ", ".join(marked[:-1]) + " and " + marked[-1]


def name_of(path: Path) -> str:
    """What stands at a path, as its author would call it."""
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, str):
        return f"'{last}'"
    return f"entry {last + 1} of {name_of(path[:-1])}"


def shown(text: str) -> str:
    """A text as it fits in a line."""
    text = " ".join(text.split()) if text.strip() else text
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def found(raw: Json) -> str:
    """What was found, in words."""
    match raw:
        case None:
            return "nothing"
        case bool():
            return f"the boolean {str(raw).lower()}"
        case int() | float():
            return f"the number {shown(str(raw))}"
        case str():
            return f"the text '{shown(raw)}'" if raw else "an empty text"
        case list():
            return "a list"
        case _:
            return "an object"


def expected(shape: Shape) -> str:
    """What should stand at a place, in words."""
    for marker in reversed(shape.markers):
        match marker:
            case Text(expected=words) | TextOr(expected=words) | ListOr(expected=words) | Says(expected=words):
                return words
            case OneOf(noun=noun):
                return noun
            case Word(choices=choices):
                return "one of " + ", ".join(choices)
            case UseOr():
                return "an object"
    return _KINDS.get(shape.kind, "an object")


def wrong_type(path: Path, shape: Shape, raw: Json) -> str:
    """The message for a value of the wrong type."""
    scalar = isinstance(raw, bool | int | float)
    wanted = "text" if shape.kind == "text" and scalar else expected(shape)
    if shape.kind == "list" and isinstance(raw, dict) and raw and _of_entries(shape):
        return f"{name_of(path)} must be a list: put a dash before each entry ('- {next(iter(raw))}: …')"
    message = f"{name_of(path)} must be {wanted}, found {found(raw)}"
    cure = type_cure(shape, raw)
    return f"{message}; {cure}" if cure else message


def type_cure(shape: Shape, raw: Json) -> str | None:
    """What to write instead of a value of the wrong type, where that is certain."""
    cures = (value_for(raw, kind) for kind in classes(shape))
    return next((cure for cure in cures if cure), None) or _cure_by_kind(shape, raw)


def _cure_by_kind(shape: Shape, raw: Json) -> str | None:
    match raw:
        case None:
            return None if shape.kind in {"text", "integer", "boolean"} else _DEEPER
        case bool() | int() | float():
            return _in_quotes(shape, raw) if shape.kind == "text" else None
        case str():
            return _cure_of_text(shape, raw)
        case list() if shape.kind == "map":
            return "write each name as a key, without a dash"
        case list() | dict() if shape.marker(Expr):
            return "put the expression in quotes"
    return None


def _cure_of_text(shape: Shape, raw: str) -> str | None:
    if shape.kind == "integer":
        return "remove the quotes" if re.fullmatch(r"\s*[-+]?\d+\s*", raw) else None
    if shape.kind == "boolean":
        plain = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}.get(raw.strip().lower())
        return f"write {plain} without quotes" if plain else None
    member = _only_text(shape) if raw else None
    return f"write {{{member}: {shown(raw)}}}" if member else None


def _in_quotes(shape: Shape, raw: bool | float) -> str:
    marker = shape.marker(Text)
    if marker and marker.code == "bad-version":
        numbers = [*str(raw).split("."), "0", "0"][:3]
        return f"write '{'.'.join(numbers)}' in quotes"
    return f"put it in quotes: '{str(raw).lower() if isinstance(raw, bool) else raw}'"


def _of_entries(shape: Shape) -> bool:
    return shape.inner()[0].kind in {"entry", "node"}


def _only_text(shape: Shape) -> str | None:
    """The member that a plain text was meant to be: the reference by name, or the only required text."""
    if shape.kind not in {"node", "choice"}:
        return None
    candidates = classes(shape)
    if shape.marker(OneOf):
        candidates = [one for one in candidates if one.KEY == "use"]
    for candidate in candidates[:1]:
        required = [member for member in members(candidate).values() if member.required]
        if len(required) == 1 and _takes_text(required[0].shape):
            return required[0].name
    return None


def _takes_text(shape: Shape) -> bool:
    return shape.kind == "text" or (shape.kind == "choice" and any(part.kind == "text" for part in shape.inner()))


def bad_text(code: str, raw: str, wanted: str) -> str:
    """What is wrong with a text that has not the form it should have, without the name of the place."""
    cure = _CURES.get(code, lambda _: None)(raw)
    message = f"must be {wanted}, found {found(raw)}"
    return f"{message}; {cure}" if cure else message


def _expression_cure(raw: str) -> str | None:
    return f"an expression needs ${{ }}: ${{ {shown(raw)} }}" if raw[:1] in {".", "$", "("} and "${" not in raw else None


def _uri_cure(raw: str) -> str | None:
    if raw[:1] not in {".", "$", "("}:
        return "is 'https://' missing?" if "." in raw or "/" in raw else None
    return _expression_cure(raw)


def duration_cure(raw: str) -> str | None:
    """How a duration is written that was meant by a text."""
    text = raw.strip()
    if re.fullmatch(r"P[\d.]+[HS](?:[\d.]+[MS])*", text):
        return f"hours, minutes and seconds follow a T: PT{text[1:]}"
    simple = _SIMPLE.fullmatch(text.lower())
    unit = _UNITS.get(simple[2]) or (simple[2].rstrip("s") + "s") if simple else ""
    if simple and unit in _UNITS.values():
        return f"write {{{unit}: {simple[1]}}} or {_iso(simple[1], unit)}"
    return _expression_cure(raw)


def _name_cure(raw: str) -> str | None:
    name = re.sub(r"[^a-zA-Z0-9]+", "-", raw).strip("-")
    return f"write {name}" if name != raw and re.fullmatch(NAME, name) else None


def _version_cure(raw: str) -> str | None:
    numbers = re.fullmatch(r"[vV](\d+\.\d+\.\d+)", raw.strip())
    return f"write {numbers[1]}" if numbers else None


_CURES = {
    "bad-uri": _uri_cure,
    "bad-duration": duration_cure,
    "bad-expression": _expression_cure,
    "bad-name": _name_cure,
    "bad-version": _version_cure,
}


def _iso(number: str, unit: str) -> str:
    if unit == "days":
        return f"P{number}D"
    if unit == "milliseconds":
        return f"PT{int(number) / 1000:.3f}S"
    return f"PT{number}{unit[0].upper()}"
