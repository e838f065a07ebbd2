from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.document.marks import Position
from interpreter.document.reader import ALIASED, DEPTH, read
from interpreter.document.syntax import Unreadable
from interpreter.values import join

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)
"""YAML takes control characters and non-characters only as escapes."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def pointers(value, pointer=""):
    yield pointer
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from pointers(item, join(pointer, key))


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_json_is_read_as_it_is(value, ascii, indent):
    text = json.dumps([value], ensure_ascii=ascii, indent=indent)
    written = read(text)

    assert written.raw == [value]
    assert set(pointers([value])) <= set(written.marks.values)


@given(st.text("ab:-,[]{}#&*!|>'\"%@` \n\t0.~<?é\\", max_size=60) | st.binary(max_size=40))
def test_any_text_is_read_or_refused_at_a_place(text):
    told = None
    try:
        written = read(text)
    except Unreadable as error:
        told = error

    assert (told.message and min(told.position) >= 1) if told else "" in written.marks.values


def test_positions_are_those_of_keys_and_values():
    marks = read("a: 1\nb:\n  - x: {y:   z}\n").marks

    assert marks.key("/b") == Position(2, 1)
    assert marks.value("/b") == Position(3, 3)
    assert marks.key("/b/0/x/y") == Position(3, 9)
    assert marks.value("/b/0/x/y") == Position(3, 14)


def test_a_pointer_to_nothing_has_its_nearest_ancestors_position():
    marks = read("a:\n  b: 1\n").marks

    assert marks.value("/a/b/c/d") == Position(2, 6)
    assert marks.key("/a/b/c/d") == Position(2, 3)
    assert marks.key("/other") == Position(1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: off", {"on": "off"}),
        ("yes: no", {"yes": "no"}),
        ("200: x", {"200": "x"}),
        ("true: ~", {"true": None}),
        ("a: 010", {"a": 10}),
        ("a: 0x1F", {"a": 31}),
        ("a: 0o17", {"a": 15}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 12:30:45", {"a": "12:30:45"}),
        ("a: 2026-01-31", {"a": "2026-01-31"}),
        ("a: =", {"a": "="}),
        ("a: '1'", {"a": "1"}),
        ("a: !!str 1", {"a": "1"}),
        ("a: !!int '1'", {"a": 1}),
        ("a: !!float 1", {"a": 1.0}),
        ("a: ! 1", {"a": "1"}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("a: ", {"a": None}),
        ("a: " + "9" * 4300, {"a": int("9" * 4300)}),
        ("a: " + "0" * 5000 + "1", {"a": 1}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("\ufeffa: 1", {"a": 1}),
        (b"\xef\xbb\xbfa: \xc3\xbc", {"a": "ü"}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('{\n\t"a":\t[1]}', {"a": [1]}),
        ("a: &x {p: 1}\nb: *x", {"a": {"p": 1}, "b": {"p": 1}}),
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
        ("a: &x {p: 1}\nb: &y {p: 2, r: 4}\nc:\n  <<: [*x, *y]", {"a": {"p": 1}, "b": {"p": 2, "r": 4}, "c": {"p": 1, "r": 4}}),
        ("'<<': 1", {"<<": 1}),
    ],
)
def test_what_yaml_means(text, value):
    assert read(text).raw == value


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("[" * 100_000, 1, DEPTH + 1, "deeper than 400"),
        ("- " * 100_000, 1, 2 * DEPTH + 1, "deeper than 400"),
        ("a: .nan", 1, 4, "no value of JSON"),
        ("a: 1e999", 1, 4, "too large"),
        ("a: -" + "9" * 4301, 1, 4, "4300 digits"),
        ("a: 0x" + "f" * 4000, 1, 4, "4300 digits"),
        ("a: &a [*a]", 1, 8, "there is no '&a'"),
        ("a: &a x\n*a : 1", 2, 1, "a key cannot be an alias"),
        ("a: {<<: 3}", 1, 9, "takes an object"),
        ("a: !!int x", 1, 4, "is no value of the tag '!!int'"),
        ("a: !!set {x}", 1, 4, "is not known"),
        ('a: "\\ud800"', 1, 7, "come in pairs"),
        (b"a: 1\nb: \xff", 2, 4, "not UTF-8"),
        ("a: \ud800", 1, 4, "not UTF-8"),
        ("a: 1\nb: \x01", 2, 4, "U+0001"),
        ("", 1, 1, "empty"),
        ("a: 1\n---\nb: 2", 2, 1, "one file holds one document"),
    ],
)
def test_what_cannot_be_read(text, line, column, says):
    with pytest.raises(Unreadable, match=says.replace("+", r"\+")) as caught:
        read(text)

    assert caught.value.position == (line, column)


def test_aliases_are_bounded():
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(Unreadable, match=f"more than {ALIASED} values"):
        read("\n".join(lines))


def test_aliases_do_not_get_around_the_depth():
    lines = ["a0: &a0 [1]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 500)]

    with pytest.raises(Unreadable, match="deeper than 400"):
        read("\n".join(lines))


def test_of_a_key_that_is_written_twice_the_later_one_counts():
    written = read("a: {b: 1}\nc: 2\na: {d: 3}\n")

    assert list(written.raw.items()) == [("c", 2), ("a", {"d": 3})]
    assert [(one.pointer, one.first, one.again) for one in written.duplicates] == [("/a", (1, 1), (3, 1))]
