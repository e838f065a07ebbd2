"""Addresses as pure functions; what becomes of them in a call stands in `tasks/test_call_http.py`."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.endpoints import expand, shown
from interpreter.faults import PREFIX, Fault


@given(st.text())
def test_what_is_expanded_can_be_read_back_and_breaks_out_of_nothing(value: str):
    expanded = expand("https://h/{a}/x", {"a": value})
    inner = expanded.removeprefix("https://h/").removesuffix("/x")
    assert not set(inner) & set("/?#&{}$ ")
    if value.isprintable():
        assert unquote(inner) == value


@pytest.mark.parametrize(
    ("template", "values", "uri"),
    [
        ("/{a}{b}", {"a": 1, "b": "x"}, "/1x"),
        ("/{}", {"": "empty"}, "/empty"),
        ("/{a}", {"a": True}, "/true"),
        ("/{a}", {"a": 0}, "/0"),
        ("/{a}", {"a": ""}, "/"),
        ("/{ a }", {"a": 1, " a ": 2}, "/2"),
        ("/{+a}", {"a": 1}, "/"),
        ("/{a", {"a": 1}, "/{a"),
        ("/{a}", None, "/"),
        ("/{a}", "text", "/"),
    ],
)
def test_names_are_taken_verbatim_from_the_top_members(template, values, uri):
    assert expand(template, values) == uri


@pytest.mark.parametrize("value", [[], {}, [1], {"a": 1}])
def test_what_is_no_scalar_is_an_expression_error(value):
    with pytest.raises(Fault) as caught:
        expand("/{a}", {"a": value})
    assert (caught.value.problem.type, caught.value.problem.status) == (PREFIX + "expression", 400)


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com/a?b=c", "https://example.com/a"),
        ("https://user:pass@example.com/a@b", "https://example.com/a@b"),
        ("https://user@example.com?x=/y@z", "https://example.com"),
        ("${ .uri }", "${ .uri }"),
        ("file:///a/b", "file:///a/b"),
    ],
)
def test_what_is_shown_of_an_address(text, display):
    assert shown(text) == display
