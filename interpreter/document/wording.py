"""Words for what stands in a document, and for what was expected there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from interpreter.document.blocks import ListOr, OneOf, Says, Text, TextOr, UseOr, Word
from interpreter.document.shapes import Shape
from interpreter.values import Json

Path: TypeAlias = tuple[str | int, ...]

_SHOWN = 60
_PLAIN = re.compile(r"(?!(?:true|false|null)$)[A-Za-z](?:[\w ./@-]|:(?! ))*")
_KINDS = {"text": "text", "integer": "a whole number", "boolean": "true or false", "list": "a list", "map": "a map"}


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


def as_written(text: str) -> str:
    """A text as it is written between braces; one that does not fit in a line is left out."""
    if text != shown(text):
        return "…"
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"


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
