from __future__ import annotations

import pytest

from activities.openapi.node import Node, Source
from interpreter.faults import Fault

URI = "https://docs.example/api.json"


def root(raw):
    return Node(Source(raw, URI, "the document"), raw)


def test_members_are_what_they_should_be():
    node = root({"o": {"t": "text"}, "l": [{"a": 1}], "n": ["x"], "f": True})
    assert node.object("o").needed("t") == "text"
    assert [one.value for one in node.objects("l")] == [{"a": 1}]
    assert node.texts("n") == ["x"]
    assert node.flag("f")
    assert dict(root({"a": {"b": 1}}).members())["a"].value == {"b": 1}


def test_what_is_absent_is_empty():
    node = root({})
    assert (node.object("o").object("p").text("t"), list(node.objects("l")), node.texts("n"), node.flag("f", default=True)) == (
        None,
        [],
        [],
        True,
    )


@pytest.mark.parametrize(
    ("raw", "ask", "told"),
    [
        ({"a": []}, lambda node: node.object("a"), "/a must be of type object, not array"),
        ({"a": {"b": 1}}, lambda node: node.object("a").text("b"), "/a/b must be of type string, not number"),
        ({"a": "x"}, lambda node: list(node.objects("a")), "/a must be of type array, not string"),
        ({"a": [1]}, lambda node: list(node.objects("a")), "/a/0 must be of type object, not number"),
        ({"a": [1]}, lambda node: node.texts("a"), "/a must hold strings only"),
        ({"a": "yes"}, lambda node: node.flag("a"), "/a must be of type boolean, not string"),
        ({"a": {}}, lambda node: node.object("a").needed("name"), "/a must have 'name'"),
        ({}, lambda node: node.needed("name"), "/ must have 'name'"),
    ],
)
def test_what_is_something_else_is_a_configuration_fault_that_names_the_place(raw, ask, told):
    with pytest.raises(Fault) as raised:
        ask(root(raw))
    assert raised.value.problem.type.endswith("configuration")
    assert raised.value.problem.detail == f"the document: {told}"


@pytest.mark.parametrize(
    "reference",
    ["#/c/a~1b/0", "#/c/a~1b/%30", f"{URI}#/c/a~1b/0", "api.json#/c/a~1b/0", "#/chain"],
)
def test_references_within_the_document_are_followed(reference):
    node = root({"x": {"$ref": reference}, "chain": {"$ref": "#/c/a~1b/0"}, "c": {"a/b": [{"found": "yes"}]}})
    assert node.object("x").text("found") == "yes"


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("#/nowhere", "where nothing stands"),
        ("#anchor", "where nothing stands"),
        ("#", "where nothing stands"),
        ("#/x", "form a circle"),
        ("other.yaml#/a", "only this one is read; bundle them"),
        ("https://elsewhere.example/a.json", "only this one is read; bundle them"),
    ],
)
def test_references_that_cannot_be_followed_say_so(reference, told):
    with pytest.raises(Fault) as raised:
        root({"x": {"$ref": reference}}).object("x")
    assert told in raised.value.problem.detail
    assert "/x" in raised.value.problem.detail


def test_a_member_that_is_called_like_a_reference_is_none():
    assert root({"properties": {"$ref": {"type": "string"}}}).object("properties").object("$ref").text("type") == "string"
