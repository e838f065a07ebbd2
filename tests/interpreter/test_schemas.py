from __future__ import annotations

import pytest

from interpreter.faults import PREFIX, Fault
from interpreter.schemas import parse_schema, supported


@pytest.mark.parametrize(
    ("text", "schema"), [("{}", {}), ('{"type": "object"}', {"type": "object"}), ("true", True), ("false", False), (" {} ", {})]
)
def test_a_schema_is_read_from_its_text(text, schema):
    assert parse_schema(text) == schema


@pytest.mark.parametrize("text", ["", "{", "null", "5", "[]", '"x"', "type: object", "[" * 100_000])
def test_what_is_no_schema_is_a_configuration_error(text):
    with pytest.raises(Fault) as caught:
        parse_schema(text)
    assert caught.value.problem.type == PREFIX + "configuration"


@pytest.mark.parametrize(
    ("format", "known"), [("json", True), ("json:draft-7", True), ("Json", True), ("jsonx", False), ("avro:1.0", False), ("", False)]
)
def test_which_languages_are_known(format, known):
    assert supported(format) is known
