from __future__ import annotations

import json

import jsonschema
import pytest

from interpreter.document.schema import schema

TASK_KINDS = {"call", "do", "emit", "for", "fork", "listen", "raise", "run", "set", "switch", "try", "wait"}
COMMON = {"if", "input", "output", "export", "timeout", "then", "metadata"}


def nodes(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(item)


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_reference_leads_somewhere():
    written = schema()
    references = {node["$ref"] for node in nodes(written) if isinstance(node, dict) and "$ref" in node}

    assert {reference.removeprefix("#/$defs/") for reference in references} == set(written["$defs"])


def test_an_editor_can_offer_every_kind():
    definitions = schema()["$defs"]

    assert set(definitions["Task"]["properties"]) >= TASK_KINDS | COMMON | {"with", "catch", "foreach", "while"}
    assert set(definitions["Task"]["properties"]["run"]["properties"]) == {"container", "script", "shell", "workflow", "await", "return"}
    assert set(definitions["EventStrategy"]["properties"]) == {"all", "any", "one", "until"}


def test_an_editor_can_offer_the_hints_of_this_product():
    definitions = schema()["$defs"]
    offered = {name: definitions[name]["properties"]["metadata"]["properties"]["swtemporal"]["properties"] for name in ("Set", "Header")}

    assert offered["Set"]["atMostOnce"]["description"]
    assert list(offered["Header"]) == ["secretsInData"]


def test_every_member_is_described():
    definitions = schema()["$defs"]

    missing = [
        (name, member)
        for name, definition in definitions.items()
        for member, written in definition.get("properties", {}).items()
        if not written.get("description")
    ]
    assert missing == []


def test_a_pattern_has_words():
    for node in nodes(schema()):
        if isinstance(node, dict) and isinstance(node.get("pattern"), str):
            assert node["errorMessage"].startswith("must be ")


def test_no_default_is_null():
    assert '"default": null' not in json.dumps(schema())


@pytest.mark.parametrize(
    ("task", "place"),
    [
        ({"call": "http", "with": {"method": "get"}}, ["do", 0, "a", "with"]),
        ({"wait": {"seconds": "3"}}, ["do", 0, "a", "wait", "seconds"]),
        ({"set": {"x": 1}, "foo": 1}, ["do", 0, "a"]),
        ({"run": {"shell": {"command": 3}}}, ["do", 0, "a", "run", "shell", "command"]),
    ],
)
def test_a_plain_validator_points_at_the_fault(task, place):
    document = {"document": {"dsl": "1.0.3", "namespace": "t", "name": "x", "version": "1.0.0"}, "do": [{"a": task}]}

    errors = list(jsonschema.Draft202012Validator(schema()).iter_errors(document))

    assert [list(error.absolute_path) for error in errors] == [place]
