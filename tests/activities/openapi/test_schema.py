from __future__ import annotations

import pytest

from activities.openapi import schema
from activities.openapi.node import Node, Source


def node(raw):
    return Node(Source(raw, "https://docs.example/", "the document"), raw)


@pytest.mark.parametrize(
    ("raw", "array", "structured", "binary"),
    [
        ({}, False, False, False),
        ({"type": "string"}, False, False, False),
        ({"type": "array", "items": {"type": "string"}}, True, False, False),
        ({"type": ["array", "null"], "items": {"type": "object"}}, True, True, False),
        ({"properties": {}}, False, True, False),
        ({"type": "string", "format": "binary"}, False, False, True),
        ({"type": "array", "items": {"format": "binary"}}, True, False, True),
        ({"contentMediaType": "image/png"}, False, False, True),
        ({"contentMediaType": "image/png", "contentEncoding": "base64"}, False, False, False),
    ],
)
def test_what_a_value_is(raw, array, structured, binary):
    found = node(raw)
    assert (schema.is_array(found), schema.is_structured(found), schema.is_binary(found)) == (array, structured, binary)


def test_members_of_schemas_that_are_put_together():
    raw = {
        "allOf": [{"$ref": "#/base"}, {"properties": {"b": {}}, "required": ["b"]}],
        "properties": {"a": {"type": "string"}},
        "base": {"properties": {"a": {"type": "integer"}, "c": {}}, "required": ["a"]},
    }
    found = schema.properties(node(raw))
    assert found.keys() == {"a", "b", "c"}
    assert found["a"].text("type") == "string"
    assert schema.required(node(raw)) == {"a", "b"}


@pytest.mark.timeout(10)
def test_schemas_that_are_put_together_of_themselves_have_an_end():
    again = {"$ref": "#/again"}
    raw = {
        "allOf": [again] * 20,
        "again": {"allOf": [again, {"$ref": "#/other"}] * 20},
        "other": {"allOf": [again] * 20, "required": ["a"]},
    }
    assert schema.required(node(raw)) == {"a"}
