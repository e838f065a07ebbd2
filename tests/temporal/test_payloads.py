"""JSON on the wire."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter as AnyConverter

from interpreter.temporal.client import CONVERTER
from interpreter.temporal.payloads import read
from interpreter.values import Json

CONVERT: AnyConverter = CONVERTER.payload_converter

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def written(value: Json) -> Payload:
    return CONVERT.to_payloads([value])[0]


@given(values)
def test_every_value_comes_back_with_its_order_and_types(value: Json):
    found = read(RawValue(written(value)))

    assert repr(found) == repr(value)


def test_the_order_of_members_stands_in_the_payload():
    assert written({"z": 1, "a": {"y": 2, "b": "ä"}}).data == '{"z":1,"a":{"y":2,"b":"ä"}}'.encode()


def test_large_integers_are_exact():
    number = 10**4299 + 1

    assert read(RawValue(written(number))) == number


def test_half_of_a_surrogate_pair_survives():
    payload = written("\ud800")

    assert payload.data == b'"\\ud800"'
    assert read(RawValue(payload)) == "\ud800"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_not_written(number: float):
    with pytest.raises(ValueError, match="not JSON compliant"):
        written({"n": [number]})


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", '{"a": 1e999}', "-1e999", "{", "", "9" * 4301, "[" * 100_000])
def test_what_is_no_json_is_not_read(text: str):
    with pytest.raises(ValueError):  # noqa: PT011  the texts are Python's
        read(RawValue(Payload(metadata={"encoding": b"json/plain"}, data=text.encode())))


@pytest.mark.parametrize("encoding", [b"binary/plain", b"json/protobuf", b""])
def test_another_encoding_is_told(encoding: bytes):
    with pytest.raises(ValueError, match=f"of encoding '{encoding.decode()}'"):
        read(RawValue(Payload(metadata={"encoding": encoding}, data=b"1")))


def test_null_is_none():
    assert read(RawValue(written(None))) is None
    assert read(RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"null"))) is None


def test_types_that_are_asked_for_are_made():
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(["a"]).encode())

    assert CONVERT.from_payloads([payload], [tuple[str, ...]]) == [("a",)]
