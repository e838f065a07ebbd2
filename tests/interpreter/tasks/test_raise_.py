from __future__ import annotations

import pytest

from interpreter.faults import PREFIX
from tests.fakes import World
from tests.interpreter.documents import fault_of, flow


def test_an_error_written_in_place_leaves_with_type_status_and_instance():
    ran = World().run(flow("[a: {raise: {error: {type: 'https://example.com/full', status: 507}}}]"))
    assert ran.problem == {"type": "https://example.com/full", "status": 507, "instance": "/do/0/a"}


def test_an_error_named_in_use():
    use = f"{{errors: {{full: {{type: '{PREFIX}runtime', status: 507, title: Full, detail: 'of ${{ .n }}'}}}}}}"
    ran = World().run(flow("[a: {raise: {error: full}}]", use=use), {"n": 3})
    assert ran.problem == {"type": PREFIX + "runtime", "status": 507, "title": "Full", "detail": "of 3", "instance": "/do/0/a"}


def test_its_texts_may_be_expressions_on_the_transformed_input():
    error = "{type: '${ .type }', status: 418, title: '${ .title }', detail: 'I am ${ .who }', instance: '${ .at }'}"
    given = {"type": "https://example.com/teapot", "title": "Teapot", "who": "short", "at": "/somewhere"}
    ran = World().run(flow(f"[a: {{input: {{from: .payload}}, raise: {{error: {error}}}}}]"), {"payload": given})
    assert ran.problem == {
        "type": "https://example.com/teapot",
        "status": 418,
        "title": "Teapot",
        "detail": "I am short",
        "instance": "/somewhere",
    }


def test_an_instance_the_author_gave_is_kept_on_the_way_up():
    text = "[o: {do: [a: {raise: {error: {type: 'https://example.com/e', status: 500, instance: /mine}}}]}]"
    assert World().run(flow(text)).problem["instance"] == "/mine"


@pytest.mark.parametrize("member", ["type", "title", "detail", "instance"])
def test_a_member_that_is_no_text_is_an_expression_error(member):
    error = {"type": "https://example.com/e", "status": 500, "title": "t", "detail": "d", "instance": "/i"} | {member: "${ .v }"}
    ran = World().run(flow(f"[a: {{raise: {{error: {error}}}}}]"), {"v": {"a": 1}})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


def test_a_title_or_detail_of_null_is_left_out():
    error = "{type: 'https://example.com/e', status: 500, title: '${ .absent }', detail: '${ .absent }'}"
    assert World().run(flow(f"[a: {{raise: {{error: {error}}}}}]")).problem.keys() == {"type", "status", "instance"}


def test_a_name_that_use_does_not_have_is_a_configuration_error():
    assert fault_of(World().run(flow("[a: {raise: {error: absent}}]"))) == ("configuration", 400, "/do/0/a")


def test_the_pointer_is_escaped():
    ran = World().run(flow("[\"a/b~c\": {raise: {error: {type: 'https://example.com/e', status: 500}}}]"))
    assert ran.problem["instance"] == "/do/0/a~1b~0c"
