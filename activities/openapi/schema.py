"""The little that has to be known of a schema to send a value of it."""

from __future__ import annotations

from activities.openapi.node import Node


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


def properties(schema: Node) -> dict[str, Node]:
    """The members that an object of the schema may have, those of `allOf` too; its own word counts."""
    return {name: found for part in _parts(schema) for name, found in part.object("properties").members()}


def required(schema: Node) -> set[str]:
    """The members that an object of the schema must have, those of `allOf` too."""
    return {name for part in _parts(schema) for name in part.texts("required")}


def _parts(schema: Node) -> list[Node]:
    """A schema and all that it is put together of, each once, itself last."""
    found: dict[str, Node] = {}
    left = [schema]
    while left:
        part = left.pop()
        if part.pointer not in found:
            found[part.pointer] = part
            left.extend(part.objects("allOf"))
    return list(reversed(found.values()))
