from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.faults import Fault
from interpreter.languages import JQ
from interpreter.templates import Deferred, plan, spliced
from interpreter.values import Json

SCALARS = st.none() | st.booleans() | st.integers() | st.text(alphabet="ab${}", max_size=6)
TEMPLATES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3), max_leaves=10
)


def built(template: Json, *values: Json) -> Json:
    return plan(template, JQ, deferrable=False).build(iter(values))


@pytest.mark.parametrize(
    ("template", "sources", "values", "value"),
    [
        ("text", (), (), "text"),
        (5, (), (), 5),
        ("${ .a }", (".a",), ([1],), [1]),
        ("  ${ .a }  ", (".a",), (None,), None),
        ("a ${ .a } b", (".a",), (5,), "a 5 b"),
        ("${ .a }${ .b }", (".a", ".b"), ("x", {"y": 1}), 'x{"y":1}'),
        ("${ .a } ", (".a",), (True,), True),
        (
            {"a": "${ 1 }", "b": ["${ 2 }", "c", {"d": "${ 3 }"}], "e": None},
            ("1", "2", "3"),
            (1, 2, 3),
            {"a": 1, "b": [2, "c", {"d": 3}], "e": None},
        ),
        ({"${ .key }": "${ 1 }"}, ("1",), (1,), {"${ .key }": 1}),
        ("${ {a: 1} }", ("{a: 1}",), ({"a": 1},), {"a": 1}),
    ],
)
def test_a_template_is_taken_apart_once_and_built_from_results(template, sources, values, value):
    taken = plan(template, JQ, deferrable=False)
    assert taken.sources == sources
    assert taken.build(iter(values)) == value
    assert taken.build(iter(values)) == value


def test_what_holds_no_expression_is_its_own_value_and_is_not_copied():
    template = {"a": [1, {"b": "c"}]}
    assert built(template) is template
    filled = built({"same": template, "new": "${ 1 }"}, 1)
    assert filled["same"] is template


@given(TEMPLATES)
def test_a_template_without_marks_is_itself_and_any_other_is_built_or_refused(template: Json):
    try:
        taken = plan(template, JQ, deferrable=False)
    except Fault:
        return
    value = taken.build(iter(["x"] * len(taken.sources)))
    if not taken.sources:
        assert value == template


def test_what_names_secrets_is_left_as_it_is_where_that_is_allowed():
    template = {"a/b": ["${ .n }", "Bearer ${ $secrets.t } ${ .n }"], "auth": "${ $authorization.parameter }", "not": '${ "$secrets" }'}
    taken = plan(template, JQ, deferrable=True)
    assert taken.deferred == (Deferred("/a~1b/1", ("$secrets.t", ".n")), Deferred("/auth", ("$authorization.parameter",)))
    assert taken.build(iter([1, "text"])) == {
        "a/b": [1, "Bearer ${ $secrets.t } ${ .n }"],
        "auth": "${ $authorization.parameter }",
        "not": "text",
    }
    assert plan(template, JQ, deferrable=False).deferred == ()


@pytest.mark.parametrize("text", ["${ .a", "${ (.a }", '${ ".a }', "${ .a # }"])
def test_a_mark_that_is_never_closed_is_an_expression_error(text):
    with pytest.raises(Fault):
        plan({"a": text}, JQ, deferrable=False)


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (None, "null"), (1.5, "1.5"), (True, "true"), ({"a": ["ü"]}, '{"a":["ü"]}')])
def test_values_inside_longer_text(value, text):
    assert spliced(value) == text


@pytest.mark.parametrize("source", [".a", ".a # why", '"#"', "{a: 1}"])
def test_a_marked_expression_can_be_found_again(source):
    assert JQ.whole(JQ.marked(source)) == source
