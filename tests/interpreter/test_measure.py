from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.defaults import Limits
from interpreter.faults import PREFIX, Fault
from interpreter.measure import Scales
from interpreter.values import Json, depth_exceeds, size

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4), max_leaves=20
)


@given(VALUES)
def test_the_weight_is_the_length_of_the_json_text(value: Json):
    assert Scales(Limits()).admit(value, "it") == size(value)


@given(VALUES, VALUES)
def test_what_was_weighed_before_weighs_the_same(one: Json, other: Json):
    scales = Scales(Limits())
    shared = [one, other, one]
    assert [scales.admit(value, "it") for value in (one, shared, one, [shared])] == [size(one), size(shared), size(one), size([shared])]


@given(VALUES, st.integers(0, 100), st.integers(0, 4))
def test_what_is_too_large_or_too_deep_is_refused(value: Json, most: int, levels: int):
    scales = Scales(Limits(value_bytes=most, depth=levels))
    if size(value) <= most and not depth_exceeds(value, levels):
        scales.admit(value, "it")
        return
    with pytest.raises(Fault) as caught:
        scales.admit(value, "it")
    assert caught.value.problem.type == PREFIX + "validation"


def nested(levels: int) -> Json:
    value: Json = "x" * 100
    for _ in range(levels):
        value = [value]
    return value


def test_any_depth_is_refused_without_walking_it_to_the_end():
    with pytest.raises(Fault, match="Validation error") as caught:
        Scales(Limits()).admit(nested(100_000), "the result of 'a'")
    assert caught.value.problem.detail == "the result of 'a' is nested too deeply; at most 256 levels are carried"


def test_what_fits_alone_may_be_too_deep_inside_something_else():
    scales, inner = Scales(Limits()), nested(200)
    scales.admit(inner, "it")
    outer = inner
    for _ in range(57):
        outer = [outer]
    with pytest.raises(Fault):
        scales.admit(outer, "it")
    assert scales.admit(outer[0], "it") == size(outer[0])


def test_doubling_by_sharing_is_weighed_without_walking_it():
    value: Json = {"text": "x" * 100}
    scales = Scales(Limits())
    for _ in range(13):
        value = {"a": value, "b": value}
        scales.admit(value, "it")
    with pytest.raises(Fault) as caught:
        scales.admit({"a": value, "b": value}, "it")
    assert "is too large" in (caught.value.problem.detail or "")
