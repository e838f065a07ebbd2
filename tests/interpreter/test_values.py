from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.values import Json, depth_exceeds, encode, join, kind_of, lookup, same, size, split

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=5), below, max_size=4), max_leaves=15
)


@pytest.mark.parametrize(
    ("value", "depth"), [(5, 0), ("[[[", 0), ([], 1), ({}, 1), ([1], 1), ([[]], 2), ({"a": [{}]}, 3), ([1, [2, [3]], 4], 3)]
)
def test_depth(value, depth):
    assert not depth_exceeds(value, depth)
    assert depth == 0 or depth_exceeds(value, depth - 1)


def test_depth_never_recurses():
    value: Json = 1
    for _ in range(100_000):
        value = [value]
    assert depth_exceeds(value, 256)
    assert not depth_exceeds(value, 100_000)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([1, [True]], [1.0, [True]], True),
        ([1, [True]], [1, [1]], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        (None, False, False),
        ("1", 1, False),
        ([], {}, False),
    ],
)
def test_equality_is_that_of_json(one, other, equal):
    assert same(one, other) is equal
    assert same(other, one) is equal


@given(VALUES)
def test_a_value_is_the_same_as_its_copy(value: Json):
    assert same(value, json.loads(encode(value)))


@given(VALUES)
def test_size_is_that_of_the_text(value: Json):
    assert size(value) == len(encode(value).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        encode(value)


@given(st.lists(st.text(max_size=5)))
def test_pointers_can_be_taken_apart_again(parts: list[str]):
    assert split(join("", *parts)) == parts


def test_pointers_lead_into_values():
    value = {"a/b": [{"~": 5}], "": 1}
    assert lookup(value, join("", "a/b", 0, "~")) == 5
    assert lookup(value, "/") == 1
    assert lookup(value, "") is value
    for nowhere in ("/x", "/a~1b/1", "/a~1b/x", "/a~1b/0/~0/deeper"):
        with pytest.raises(KeyError):
            lookup(value, nowhere)


@pytest.mark.parametrize(
    ("value", "kind"), [(None, "null"), (True, "boolean"), (1, "number"), (1.5, "number"), ("", "string"), ([], "array"), ({}, "object")]
)
def test_types_have_their_json_names(value, kind):
    assert kind_of(value) == kind
