from __future__ import annotations

import pytest

from interpreter.document.load import load

HEADER = "document: {dsl: 1.0.3, namespace: test, name: test, version: 1.0.0}\n"


def told(task: str, use: str = "", **more) -> list[tuple[str, str]]:
    return [(one.code, one.pointer) for one in load(f"{HEADER}{use}do: [a: {task}]", **more).findings]


@pytest.mark.parametrize(
    ("task", "found"),
    [
        ("{call: 'log:1.0.0@default', with: {message: x}}", []),
        ("{call: 'log:1.0.0@default'}", []),
        ("{call: 'log:1.0.0@default', with: {mesage: x}}", [("unknown-member", "/do/0/a/with/mesage")]),
        ("{call: 'log:2.0.0@default', with: {message: x}}", [("unknown-function", "/do/0/a/call")]),
        (
            "{call: 'map:1.0.0@default', with: {items: [], each: {cal: http}}}",
            [("missing", "/do/0/a/with/each"), ("misspelt-kind", "/do/0/a/with/each/cal")],
        ),
        ("{call: 'map:1.0.0@default', with: {items: [], each: 5}}", [("wrong-type", "/do/0/a/with/each")]),
        ("{call: 'map:1.0.0@default', with: {items: [], each: '${ .x }'}}", [("wrong-type", "/do/0/a/with/each")]),
        ("{call: 'map:1.0.0@default', with: {items: [], each: nobody}}", [("unknown-function", "/do/0/a/with/each/call")]),
    ],
)
def test_what_a_function_of_the_product_takes(task: str, found: list[tuple[str, str]]):
    assert told(task) == found


@pytest.mark.parametrize(
    ("each", "code"),
    [
        ("{do: [{x: {set: {n: 1}, then: nowhere}}]}", "unknown-target"),
        ("{do: [{x: {set: {n: 1}}}, {x: {set: {n: 1}}}]}", "duplicate-name"),
        ("{set: {n: '${ . '}}", "bad-expression"),
        ("{set: {n: 1}, if: '${ .x'}", "bad-expression"),
        ("{set: {n: '${ $secrets.key }'}}", "secret-in-data"),
        ("{call: nobody}", "unknown-function"),
        ("{try: [], catch: {retry: nobody}}", "unknown-retry"),
    ],
)
def test_the_rules_look_into_what_is_done_with_each_item(each: str, code: str):
    found = told(f"{{call: 'map:1.0.0@default', with: {{items: [], each: {each}}}}}", "use: {secrets: [key]}\n")
    assert [one for one, place in found if place.startswith("/do/0/a/with/each")] == [code]


def test_a_call_in_it_may_read_secrets_and_an_item_is_no_lost_data():
    each = "{call: http, with: {method: get, endpoint: 'https://example.com/${ .id }', headers: {key: '${ $secrets.key }'}}}"
    use = "use: {secrets: [key]}\n"
    task = f"{{set: {{n: 1}}}}, b: {{call: 'map:1.0.0@default', with: {{items: '${{ [.n] }}', each: {each}}}}}"
    assert told(task, use) == []


def test_a_catalog_may_come_from_the_command_line():
    assert told("{call: 'f:1.0.0@mine'}") == [("unknown-catalog", "/do/0/a/call")]
    assert told("{call: 'f:1.0.0@mine'}", catalogs=["mine"]) == []
    assert told("{call: 'own:1.0.0@default'}", catalogs=["default"]) == []


def test_a_circle_through_what_is_done_with_items_is_found():
    use = "use: {functions: {f: {call: 'map:1.0.0@default', with: {items: [], each: g}}, g: {call: f}}}\n"
    assert [code for code, _ in told("{call: f}", use)] == ["circular-functions"]
