from __future__ import annotations

import pytest

from interpreter.defaults import Limits
from tests.fakes import World
from tests.interpreter.documents import fault_of, flow


def test_the_result_replaces_the_data():
    assert World().run(flow("[a: {set: {b: 2}}]"), {"a": 1}).output == {"b": 2}


def test_leaves_are_evaluated_at_every_depth_and_keep_their_type():
    text = "[a: {set: {list: [1, '${ .n }', {deep: '${ .flag }'}], none: '${ .absent }', text: 'n is ${ .n }!', object: '${ . }'}}]"
    assert World().run(flow(text), {"n": 5, "flag": False}).output == {
        "list": [1, 5, {"deep": False}],
        "none": None,
        "text": "n is 5!",
        "object": {"n": 5, "flag": False},
    }


@pytest.mark.parametrize("text", ["${ .n }", ".n", "  ${ .n }  "])
def test_one_expression_is_evaluated_with_or_without_marks(text):
    assert World().run(flow(f"[a: {{set: '{text}'}}]"), {"n": [1, 2]}).output == [1, 2]


def test_text_without_marks_is_a_constant_in_an_object():
    assert World().run(flow("[a: {set: {b: .n}}]"), {"n": 1}).output == {"b": ".n"}


def test_text_that_arrives_in_data_is_never_evaluated():
    ran = World().run(flow("[a: {set: {b: '${ .given }'}}, c: {set: '${ . }'}]"), {"given": "${ 1 + 1 }"})
    assert ran.output == {"b": "${ 1 + 1 }"}


def test_keys_keep_the_order_of_the_document():
    assert list(World().run(flow("[a: {set: {z: 1, a: '${ 2 }', m: 3}}]")).output) == ["z", "a", "m"]


@pytest.mark.parametrize(
    ("expression", "value"), [("empty", None), ("1, 2", [1, 2]), ("7", 7), ("null", None), ("[]", []), ("null, null", [None, None])]
)
def test_none_one_and_several_results(expression, value):
    assert World().run(flow(f"[a: {{set: {{v: '${{ {expression} }}'}}}}]")).output == {"v": value}


def test_an_expression_that_fails_is_an_expression_error_of_the_task():
    assert fault_of(World().run(flow("[a: {set: {b: '${ 1 + \"x\" | error }'}}]"))) == ("expression", 400, "/do/0/a")


def test_data_that_is_too_large_or_too_deep_is_a_validation_error_that_can_be_caught():
    small = Limits(value_bytes=2000, depth=20)
    large = flow(
        "[t: {try: [a: {set: {text: '${ \"x\" * 3000 }'}}], catch: {as: e, do: [c: {set: {seen: '${ $e.type | split(\"/\") | last }'}}]}}]"
    )
    assert World(limits=small).run(large).output == {"seen": "validation"}
    deep = flow("[a: {set: '${ reduce range(30) as $i (0; [.]) }'}]")
    assert fault_of(World(limits=small).run(deep)) == ("validation", 400, "/do/0/a")


def test_data_that_doubles_without_growing_in_memory_is_refused_in_time():
    doubling = flow("[twice: {set: {a: '${ . }', b: '${ . }'}}, again: {switch: [always: {then: twice}]}]")
    assert fault_of(World().run(doubling, {"seed": "x" * 100})) == ("validation", 400, "/do/0/twice")
