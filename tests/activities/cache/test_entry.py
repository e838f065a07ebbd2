from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.cache.entry import BYTES, Garbage, Stored, about_in, text_of, value_in
from tests.activities.cache.stories import NOW, about, key
from tests.interpreter.test_values import VALUES


def stored(value, text=None, **members):
    text = text_of(value) if text is None else text
    return Stored(about(1, text, **members).as_text(), text)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value):
    assert encoded(value_in(stored(value), key(1))[1]) == encoded(value)


def encoded(value):
    return json.dumps(value)


@given(VALUES)
def test_a_text_is_ascii(value):
    assert text_of(value).isascii()


def test_what_is_known_comes_back():
    found = about(1, "1")
    assert about_in(found.as_text()) == about_in(found.as_text().encode()) == found


@pytest.mark.parametrize(
    "broken",
    [
        stored(None, text="1" * (BYTES + 1)),
        stored(None, text="[" * 400 + "]" * 400),
        stored(None, text="NaN"),
        stored(None, text="{"),
        stored(None, text="1e999"),
        stored(None, bytes=3),
        Stored(about(2, "1").as_text(), "1"),
        Stored(about(1, "1").as_text() + " ", "12"),
    ],
    ids=["large", "deep", "no number", "cut off", "infinite", "other length", "other key", "longer"],
)
def test_what_is_not_what_was_kept_is_garbage(broken):
    with pytest.raises(Garbage):
        value_in(broken, key(1))


@pytest.mark.parametrize(
    "members",
    [{"stored": "1"}, {"expires": True}, {"expires": 10**18}, {"stored": -1}, {"task": None}, {"version": 2}, {"more": 1}, {"key": ...}],
)
def test_what_says_no_such_thing_is_garbage(members):
    found = json.loads(about(1, "1").as_text()) | {name: one for name, one in members.items() if one is not ...}
    for name, one in members.items():
        if one is ...:
            del found[name]
    with pytest.raises(Garbage):
        about_in(json.dumps(found))


@given(st.text() | st.binary())
def test_anything_else_is_garbage(text):
    with pytest.raises(Garbage):
        about_in(text)


def test_times_of_the_far_future_can_be_written():
    assert about_in(about(1, "1", expires=NOW + 1000 * 365 * 86_400_000).as_text()).expires > NOW
