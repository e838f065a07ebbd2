"""The little that has to be known of a schema to send a value of it."""

from __future__ import annotations

from activities.openapi.node import Node

_DEEPEST = 8
"""Schemas put together by `allOf`, one within the other, at most."""


def kinds(schema: Node) -> set[str]:
    """The types a schema names: OpenAPI 3.1 may give several."""
    return set(schema.texts("type")) if isinstance(schema.value.get("type"), list) else {schema.text("type") or ""} - {""}


def is_array(schema: Node) -> bool:
    """Whether a value of the schema is an array."""
    return "array" in kinds(schema)


def is_structured(schema: Node) -> bool:
    """Whether a value of the schema (of its items, if it is an array) is an object."""
    one = schema.object("items") if is_array(schema) else schema
    return "object" in kinds(one) or "properties" in one or "allOf" in one


def is_binary(schema: Node) -> bool:
    """Whether a value of the schema (of its items, if it is an array) is bytes."""
    one = schema.object("items") if is_array(schema) else schema
    return one.text("format") == "binary" or ("contentMediaType" in one and "contentEncoding" not in one)


def is_text(schema: Node, media_type: str) -> bool:
    """Whether a body of the schema is a text, where its media type leaves that open."""
    undecided = media_type.startswith("application/") and not media_type.startswith("application/octet-stream")
    return undecided and kinds(schema) - {"null"} == {"string"} and not is_binary(schema)


def properties(schema: Node, depth: int = 0) -> dict[str, Node]:
    """The members that an object of the schema may have, those of `allOf` too."""
    found: dict[str, Node] = {}
    if depth < _DEEPEST:
        for part in schema.objects("allOf"):
            found |= properties(part, depth + 1)
    return found | dict(schema.object("properties").members())


def required(schema: Node, depth: int = 0) -> set[str]:
    """The members that an object of the schema must have, those of `allOf` too."""
    found = set(schema.texts("required"))
    if depth < _DEEPEST:
        for part in schema.objects("allOf"):
            found |= required(part, depth + 1)
    return found
