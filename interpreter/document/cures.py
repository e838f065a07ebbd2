"""What is wrong with a value that has not the type or form that belongs there, and what to write instead, where that is certain."""

from __future__ import annotations

import json
import re

from interpreter.document.blocks import Expr, OneOf, Text
from interpreter.document.foreign import value_for
from interpreter.document.model.scalars import NAME
from interpreter.document.shapes import Shape, classes, members
from interpreter.document.wording import Path, as_written, expected, found, name_of, shown
from interpreter.faults import PREFIX, STATUS
from interpreter.values import Json

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "s": "seconds", "sec": "seconds", "ms": "milliseconds"}
_SIMPLE = re.compile(r"(\d+)\s*([a-z]*)")
_CRON = re.compile(r"(?:[\d*/,-]+\s+){4}\S+")
_PAIR = re.compile(r"([\w.-]+)=([^&=]*)(&.*)?")
_REFERRING = ("name", "task", "goto", "to")
"""Members under which authors put a name that stands by itself."""
_DEEPER = "is the text below it indented deeper?"


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
        case list() if shape.kind == "map" or (_takes_map(shape) and raw and all(isinstance(item, dict) for item in raw)):
            return "write each name as a key, without a dash"
        case list() | dict() if shape.kind == "text":
            return _cure_for_text(shape, raw)
    return None


def _takes_map(shape: Shape) -> bool:
    return shape.kind == "choice" and any(part.kind == "map" for part in shape.inner())


def _cure_for_text(shape: Shape, raw: list[Json] | dict[str, Json]) -> str | None:
    """The one text that was put into a list or an object, or the expression that YAML has read as one."""
    inner = [value for key, value in raw.items() if key in _REFERRING] if isinstance(raw, dict) else raw
    if len(inner) == 1 and isinstance(inner[0], str) and not shape.marker(Expr):
        return f"write {as_written(inner[0])}"
    if not shape.marker(Expr):
        return None
    plain = isinstance(raw, list) and not any(isinstance(item, str | list | dict) for item in raw)
    return f"write '${{ {shown(json.dumps(raw))} }}'" if plain else "put the expression in quotes"


def _cure_of_text(shape: Shape, raw: str) -> str | None:
    if shape.kind == "integer":
        return "remove the quotes" if re.fullmatch(r"\s*[-+]?\d+\s*", raw) else None
    if shape.kind == "boolean":
        plain = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}.get(raw.strip().lower())
        return f"write {plain} without quotes" if plain else None
    member = _only_text(shape) if raw else None
    return f"write {{{member}: {as_written(raw)}}}" if member else None


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


def _bare_cure(raw: str) -> str | None:
    pair = _PAIR.fullmatch(raw.strip())
    if pair:
        return f"write {{{pair[1]}: {as_written(pair[2])}{', …' if pair[3] else ''}}}"
    return _expression_cure(raw)


def _expression_cure(raw: str) -> str | None:
    return f"an expression needs ${{ }}: ${{ {shown(raw)} }}" if raw[:1] in {".", "$", "("} and "${" not in raw else None


def _uri_cure(raw: str) -> str | None:
    if raw.strip().lower() in STATUS:
        return f"the error of the language is {PREFIX}{raw.strip().lower()}"
    if raw.startswith("file:") and not raw.startswith("file://"):
        return f"a file beside the document is {shown('file://' + raw.removeprefix('file:').lstrip('/'))}"
    if raw[:1] not in {".", "$", "("}:
        return "is 'https://' missing?" if "." in raw or "/" in raw else None
    return _expression_cure(raw)


def duration_cure(raw: str) -> str | None:
    """How a duration is written that was meant by a text."""
    text = raw.strip()
    if re.fullmatch(r"P[\d.]+[HS](?:[\d.]+[MS])*", text):
        return f"hours, minutes and seconds follow a T: PT{text[1:]}"
    if _CRON.fullmatch(text):
        return "a CRON expression stands in 'cron'"
    simple = _SIMPLE.fullmatch(text.lower())
    unit = _unit(simple[2]) if simple else ""
    if simple and unit in _UNITS.values():
        return f"write {{{unit}: {simple[1]}}} or {_iso(simple[1], unit)}"
    return _expression_cure(raw)


def _unit(word: str) -> str:
    """The member for a unit in everyday words; seconds where there is none."""
    return _UNITS.get(word or "s") or word.rstrip("s") + "s"


def _name_cure(raw: str) -> str | None:
    name = re.sub(r"[^a-zA-Z0-9]+", "-", raw).strip("-")
    return f"write {name}" if name != raw and re.fullmatch(NAME, name) else None


def _version_cure(raw: str) -> str | None:
    numbers = re.fullmatch(r"[vV](\d+\.\d+\.\d+)", raw.strip())
    if numbers:
        return f"write {numbers[1]}"
    return f"write '{raw}.0'" if re.fullmatch(r"[1-9]\d*\.\d+", raw) else None


_CURES = {
    "bad-uri": _uri_cure,
    "bad-duration": duration_cure,
    "bad-expression": _bare_cure,
    "bad-name": _name_cure,
    "bad-version": _version_cure,
}


def _iso(number: str, unit: str) -> str:
    if unit == "days":
        return f"P{number}D"
    if unit == "milliseconds":
        return f"PT{int(number) / 1000:.3f}S"
    return f"PT{number}{unit[0].upper()}"
