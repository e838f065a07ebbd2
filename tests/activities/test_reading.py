from __future__ import annotations

import pytest

from activities.reading import parsed


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), (b'{"a":[null]}', {"a": [None]}), (" 2.5\n", 2.5), ("123456789012345678901", 123456789012345678901)]
)
def test_a_json_text_is_its_value(text, value):
    assert parsed(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("NaN", "NaN is no JSON number"),
        ("-Infinity", "-Infinity is no JSON number"),
        ("1e999", "1e999 is too large"),
        ("[" * 300 + "]" * 300, "nested deeper than 256"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5_000, "Exceeds the limit"),
        (b"\xff", "decode"),
    ],
)
def test_anything_else_is_said_to_be_none(text, why):
    with pytest.raises(ValueError, match=why):
        parsed(text)
