"""What may stand at a place, in words and links: the types in the reference's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docs.generator.layout import ALIASES, MEMBERS, UNIONS, Page, section_of
from interpreter.defaults import METADATA
from interpreter.document.blocks import Data, Expr, Marked, Notes, OneOf, Says, Text, UseOr, Whole, Word
from interpreter.document.model.scalars import EXPRESSION
from interpreter.document.shapes import Kind, Shape

_MARKS = ", `${ }` in it"


def words(shape: Shape, page: Page) -> str:
    """A shape as a page says it; classes are links to where they stand."""
    if shape in ALIASES:
        text, target = ALIASES[shape]
        return f"[{text}]({target})"
    return _WORDS[shape.kind](shape, page)


def _node(shape: Shape, page: Page) -> str:
    section = section_of(shape.type)
    return f"[{_called(shape, page)}]({'' if section.page is page else section.page.file}#{section.anchor})"


def _called(shape: Shape, page: Page) -> str:
    section = section_of(shape.type)
    if section.kind:
        return f"`{section.kind}`"
    if section.path:
        return section.path.rpartition(".")[2]
    if section.heading == MEMBERS:
        return "object" if section.page is page else section.page.title.replace("`", "").lower()
    return section.heading.replace("`", "").lower()


def _choice(shape: Shape, page: Page) -> str:
    union = shape.marker(OneOf)
    if union and shape.name in UNIONS:
        return f"[{union.noun.removeprefix('a ').removeprefix('an ')}]({UNIONS[shape.name]})"
    inner = ["one `${ expression }`" if _is_expression(part) else words(part, page) for part in shape.inner()]
    if union:
        return "exactly one of " + ", ".join(inner)
    return (", or " if shape.marker(UseOr) else " or ").join(inner)


def _is_expression(shape: Shape) -> bool:
    text = shape.marker(Text)
    return text is not None and text.patterns == (EXPRESSION,)


def _list(shape: Shape, page: Page) -> str:
    said, item = shape.marker(Says), shape.inner()[0]
    if said:
        return said.expected
    return f"list of [tasks]({UNIONS['Task']})" if item.name == "TaskEntry" else f"list of {_several(item, page)}"


def _map(shape: Shape, page: Page) -> str:
    item, notes = shape.inner()[0], shape.marker(Notes)
    if notes:
        hints = section_of(notes.hints)
        return f"object, in it [{METADATA}]({hints.page.file}#{hints.anchor})"
    if item.kind == "any":
        return f"object{_MARKS}" if item.marker(Data) else "object"
    return f"map of {_several(item, page)}"


def _several(item: Shape, page: Page) -> str:
    said = words(item, page)
    return said.replace("text", "texts", 1) if item.kind == "text" else said


def _entry(shape: Shape, page: Page) -> str:
    return f"`- name:` {words(shape.inner()[0], page)}"


def _text(shape: Shape, _: Page) -> str:
    for marker in reversed(shape.markers):
        match marker:
            case Word(choices=choices):
                *first, last = (f"`{choice}`" for choice in choices)
                return f"{', '.join(first)} or {last}"
            case Text(expected=expected) | Says(expected=expected):
                return expected.replace("${ expression }", "`${ expression }`")
            case Expr():
                return "expression"
            case Marked():
                return f"text{_MARKS}"
    return "text"


def _integer(shape: Shape, _: Page) -> str:
    whole = shape.marker(Whole) or Whole()
    bounds = [f" {word} {bound}" for word, bound in (("from", whole.minimum), ("to", whole.maximum)) if bound is not None]
    return f"whole number{''.join(bounds)}"


def _boolean(_: Shape, __: Page) -> str:
    return "`true` or `false`"


def _any(shape: Shape, _: Page) -> str:
    said = shape.marker(Says)
    return said.expected if said else f"any value{_MARKS if shape.marker(Data) else ''}"


_WORDS: Mapping[Kind, Callable[[Shape, Page], str]] = {
    "node": _node,
    "choice": _choice,
    "list": _list,
    "map": _map,
    "entry": _entry,
    "text": _text,
    "integer": _integer,
    "boolean": _boolean,
    "any": _any,
}
