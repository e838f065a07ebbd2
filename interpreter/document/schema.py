"""The schema for editors, made of the model's own types.

A union comes out as `if`/`then` by the key that names the kind, not as `oneOf`: so editors complete every kind, and any
validator's complaint stands at the fault and not at the whole task.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from interpreter.defaults import METADATA
from interpreter.document.blocks import ListOr, NotEmpty, Notes, OneOf, Text, UseOr, Whole, Word
from interpreter.document.docstrings import member_texts, summary
from interpreter.document.model import Document
from interpreter.document.shapes import Member, Shape, classes, is_open, members, shape_of
from interpreter.values import Json

Schema: TypeAlias = dict[str, Json]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """The JSON Schema of a document, draft 2020-12."""
    definitions: dict[str, Schema] = {}
    _Writer(definitions).of(shape_of(Document))
    root = definitions.pop("Document")
    return {"$schema": DRAFT, "title": "Serverless Workflow 1.0", **root, "$defs": dict(sorted(definitions.items()))}


class _Writer:
    """Writes shapes as schemas; classes and named types once each, among the definitions."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions

    def of(self, shape: Shape) -> Schema:
        match shape.kind:
            case "node":
                return self._named(shape.type.__name__, shape) | ({"minProperties": 1} if shape.marker(NotEmpty) else {})
            case "choice" | "entry" if shape.name:
                return self._named(shape.name, shape)
            case _:
                return self._plain(shape)

    def _named(self, name: str, shape: Shape) -> Schema:
        if name not in self._definitions:
            self._definitions[name] = {}  # taken, while what it refers to is written
            self._definitions[name] = self._node(shape.type) if shape.kind == "node" else self._plain(shape)
        return {"$ref": f"#/$defs/{name}"}

    def _plain(self, shape: Shape) -> Schema:
        inner = [self.of(part) for part in shape.inner()] if shape.kind != "choice" else []
        match shape.kind:
            case "list":
                return {"type": "array", "items": inner[0]} | ({"minItems": 1} if shape.marker(NotEmpty) else {})
            case "map":
                return {"type": "object", **_hints(shape), "additionalProperties": inner[0]} | (
                    {"minProperties": 1} if shape.marker(NotEmpty) else {}
                )
            case "entry":
                return {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": inner[0]}
            case "choice":
                return self._choice(shape)
            case "any":
                return {}
            case _:
                return _scalar(shape)

    def _node(self, node: type[Any]) -> Schema:
        texts = member_texts(node)
        written: Schema = {"title": node.KEY.replace(".", ": ")} if hasattr(node, "KEY") else {}
        written |= {"description": summary(node), "type": "object"}
        written["properties"] = {name: self._member(member, texts[member.field]) for name, member in members(node).items()}
        required = [name for name, member in members(node).items() if member.required]
        if required:
            written["required"] = required
        if not is_open(node):
            written["additionalProperties"] = False
        return written | _exclusions(node)

    def _member(self, member: Member, text: str) -> Schema:
        default = {} if member.default is None else {"default": member.default}
        return {"description": text, **self.of(member.shape), **default}

    def _choice(self, shape: Shape) -> Schema:
        inner = shape.inner()
        if shape.marker(OneOf):
            return self._one_of(shape)
        if shape.marker(UseOr):
            properties, use = (self.of(part) for part in inner)
            return {"type": "object", "if": {"required": ["use"]}, "then": use, "else": properties}
        if shape.marker(ListOr):
            several, one = (self.of(part) for part in inner)
            return {"type": ["array", "object"], "if": {"type": "array"}, "then": several, "else": one}
        text = next(part for part in inner if part.kind == "text")
        other = next(part for part in inner if part.kind != "text")
        return {"type": ["string", "object"], "if": {"type": "object"}, "then": self.of(other), "else": self.of(text)}

    def _one_of(self, shape: Shape) -> Schema:
        kinds = classes(shape)
        rules = [{"if": _is_kind(kind, kinds), "then": self._named(kind.__name__, shape_of(kind))} for kind in kinds]
        return {
            "type": "object",
            "properties": self._all_members(kinds),
            "anyOf": [{"required": [head]} for head in OneOf.heads(shape.parts)],
            "allOf": rules,
        }

    def _all_members(self, kinds: list[type[Any]]) -> Schema:
        """What an editor may complete; below a member that holds the kind (`run`), too."""
        found: Schema = {}
        for kind in kinds:
            texts = member_texts(kind)
            head, _, below = kind.KEY.partition(".")
            for name, member in members(kind).items():
                found.setdefault(name, {"description": texts[member.field]})
                if name == head and below and member.shape.kind == "node":
                    deeper = found[name]
                    deeper["type"] = "object"
                    deeper.setdefault("anyOf", []).append({"required": [below]})
                    deeper.setdefault("properties", {}).update(_described(member.shape.type))
        return found


def _hints(shape: Shape) -> Schema:
    """What an editor may offer among the author's own notes; nothing is refused there."""
    notes = shape.marker(Notes)
    return {"properties": {METADATA: {"description": summary(notes.hints), "properties": _described(notes.hints)}}} if notes else {}


def _described(node: type[Any]) -> Schema:
    """The members of a class, each with its words only."""
    texts = member_texts(node)
    return {name: {"description": texts[member.field]} for name, member in members(node).items()}


def _is_kind(kind: type[Any], kinds: list[type[Any]]) -> Schema:
    """The condition under which an object is of a kind; kinds that come before and share the key go first."""
    head, _, below = kind.KEY.partition(".")
    before = kinds[: kinds.index(kind)]
    if below == "function":
        taken = [other.KEY.partition(".")[2] for other in before if other.KEY.startswith(head + ".")]
        return {"required": [head], "properties": {head: {"not": {"enum": taken}}}}
    rivals = [other.KEY for other in before if other.KEY.partition(".")[0] != head and head in members(other)]
    condition: Schema = {"required": [head]}
    if rivals:
        condition["not"] = {"anyOf": [{"required": [rival]} for rival in rivals]}
    if below:
        is_text = members(kind)[head].shape.kind == "text"
        condition["properties"] = {head: {"const": below} if is_text else {"type": "object", "required": [below]}}
    return condition


def _exclusions(node: type[Any]) -> Schema:
    """Groups of members of which exactly one, or at least one, must stand."""
    groups = [{"oneOf": [{"required": [name]} for name in group]} for group in getattr(node, "ONE_OF", ())]
    groups += [{"anyOf": [{"required": [name]} for name in group]} for group in getattr(node, "AT_LEAST_ONE_OF", ())]
    return {"allOf": groups} if groups else {}


def _scalar(shape: Shape) -> Schema:
    names = {"text": "string", "integer": "integer", "boolean": "boolean"}
    written: Schema = {"type": names[shape.kind]}
    for marker in shape.markers:
        match marker:
            case Text():
                written |= {"pattern": marker.pattern, "errorMessage": f"must be {marker.expected}"}
            case Word(choices=choices):
                written["enum"] = list(choices)
            case Whole(minimum=minimum, maximum=maximum):
                bounds = {"minimum": minimum, "maximum": maximum}
                written |= {name: bound for name, bound in bounds.items() if bound is not None}
    return written
