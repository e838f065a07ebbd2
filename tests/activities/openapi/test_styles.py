"""Every example of https://spec.openapis.org/oas/v3.1.1.html#style-examples, and what must hold for any value."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.openapi.operation import Written
from activities.openapi.styles import in_header, in_path, in_query
from interpreter.faults import Fault

TEXT, LIST, OBJECT = "blue", ["blue", "black", "brown"], {"R": 100, "G": 200, "B": 150}


def way(style, explode=False, **more):
    return Written(style=style, explode=explode, **more)


@pytest.mark.parametrize(
    ("style", "explode", "text", "array", "object"),
    [
        ("matrix", False, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
        ("matrix", True, ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
        ("label", False, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
        ("label", True, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue,black,brown", "R,100,G,200,B,150"),
        ("simple", True, "blue", "blue,black,brown", "R=100,G=200,B=150"),
        ("pipeDelimited", False, "blue", "blue%7Cblack%7Cbrown", "R%7C100%7CG%7C200%7CB%7C150"),
    ],
)
def test_in_a_path(style, explode, text, array, object):
    assert [in_path("color", value, way(style, explode)) for value in (TEXT, LIST, OBJECT)] == [text, array, object]


@pytest.mark.parametrize(
    ("style", "explode", "text", "array", "object"),
    [
        ("form", False, "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
        ("form", True, "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"),
        ("spaceDelimited", False, "color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, "color=blue", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("tabDelimited", False, "color=blue", "color=blue%09black%09brown", "color=R%09100%09G%09200%09B%09150"),
        ("deepObject", True, "color=blue", "color=blue&color=black&color=brown", "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    ],
)
def test_in_a_query(style, explode, text, array, object):
    found = ["&".join("=".join(pair) for pair in in_query("color", value, way(style, explode))) for value in (TEXT, LIST, OBJECT)]
    assert found == [text, array, object]


@pytest.mark.parametrize(
    ("explode", "text", "array", "object"),
    [(False, "blue", "blue,black,brown", "R,100,G,200,B,150"), (True, "blue", "blue,black,brown", "R=100,G=200,B=150")],
)
def test_in_a_header(explode, text, array, object):
    assert [in_header("color", value, way("simple", explode)) for value in (TEXT, LIST, OBJECT)] == [text, array, object]


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (7, "7"), (1.5, "1.5"), ("", ""), ("a b/ü,", "a%20b%2F%C3%BC%2C")])
def test_scalars_become_text(value, text):
    assert in_path("p", value, way("simple")) == text
    assert in_query("p", value, way("form", True)) == [("p", text)]


def test_an_empty_value_has_its_form():
    assert in_path("color", "", way("matrix")) == ";color"
    assert in_path("color", "", way("label")) == "."
    assert in_query("color", "", way("form", True)) == [("color", "")]
    assert in_query("color", [], way("form")) == []
    assert in_query("color", {}, way("form", True)) == []


def test_deep_objects_go_as_deep_as_they_are():
    value = {"a": {"b c": [1, 2], "none": None}, "d": "&"}
    assert in_query("f", value, way("deepObject", True)) == [
        ("f%5Ba%5D%5Bb%20c%5D", "1"),
        ("f%5Ba%5D%5Bb%20c%5D", "2"),
        ("f%5Bd%5D", "%26"),
    ]


def test_json_is_written_where_the_document_wants_it():
    assert in_query("f", {"a": [1]}, way("form", json=True)) == [("f", "%7B%22a%22%3A%5B1%5D%7D")]
    assert in_header("f", {"a": [1]}, way("simple", json=True)) == '{"a":[1]}'


def test_a_scalar_stands_for_an_array_of_one():
    assert in_query("f", "x", way("form", json=True, array=True)) == [("f", "%5B%22x%22%5D")]


def test_reserved_characters_stay_where_the_document_lets_them_but_for_those_that_would_end_the_value():
    assert in_query("f", "a/b?c:d&e=f#g+h[i]", way("form", True, reserved=True)) == [("f", "a/b?c:d%26e%3Df%23g%2Bh%5Bi%5D")]


@pytest.mark.parametrize("value", [[[1]], [{"a": 1}], {"a": {"b": 1}}])
def test_what_a_style_cannot_say_is_refused_by_name(value):
    for write in (in_path, in_query, in_header):
        with pytest.raises(Fault) as raised:
            write("color", value, way("simple"))
        assert raised.value.problem.type.endswith("validation")
        assert "'color'" in raised.value.problem.detail


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.lists(texts, min_size=1), st.sampled_from(["form", "deepObject"]))
def test_whoever_reads_a_query_gets_what_was_given(values, style):
    query = "&".join("=".join(pair) for pair in in_query("a b", values, way(style, True)))
    assert parse_qsl(query, keep_blank_values=True) == [("a b", value) for value in values]


@given(texts, st.sampled_from(["simple", "label", "matrix"]))
def test_a_value_stays_within_its_segment_of_the_path(value, style):
    text = in_path("p", value, way(style))
    assert not set("/?#") & set(text)
    assert unquote(text).endswith(value)
