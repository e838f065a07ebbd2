from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.exits import Code, Stop
from cli.inputs import parse_json, read_data
from cli.order import order

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def refusal(*given: str) -> str:
    with pytest.raises(Stop) as stopped:
        read_data(given, "-i")
    assert stopped.value.code is Code.USAGE
    return stopped.value.message


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ([], None),
        (['{"a": 1}'], {"a": 1}),
        (["null"], None),
        (['"a=b"'], "a=b"),
        (["name=Ada"], {"name": "Ada"}),
        (["a=1", "b=true", "c=[1]", 'd="1"', "e=01", "f="], {"a": 1, "b": True, "c": [1], "d": "1", "e": "01", "f": ""}),
        (["a=b=c"], {"a": "b=c"}),
        (["a.b-c=1"], {"a.b-c": 1}),
        (["n=NaN"], {"n": "NaN"}),
        (["n=12345678901234567890"], {"n": 12345678901234567890}),
    ],
)
def test_given(given: list[str], value: object) -> None:
    assert read_data(given, "-i") == value


@given(JSON)
def test_any_json_comes_as_it_is(value: object) -> None:
    assert json.dumps(read_data([json.dumps(value)], "-i")) == json.dumps(value)


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"ä": 1}')

    assert read_data([f"@{tmp_path / 'in.json'}"], "-i") == {"ä": 1}


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("[1, 2]"))

    assert read_data(["-"], "-i") == [1, 2]


def test_several_values_must_all_be_pairs() -> None:
    assert refusal("a=1", '{"b": 2}') == "-i: given several times it takes key=value each time, found '{\"b\": 2}'"


def test_broken_json_in_a_file_names_file_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{\n"a": }')

    assert refusal(f"@{tmp_path / 'in.json'}").startswith(f"-i: {tmp_path / 'in.json'}: not JSON: Expecting value (line 2, column 6)")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_bytes(b"\xff\xfe")

    assert refusal(f"@{tmp_path / 'in.json'}").endswith("it is not UTF-8 text")


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}'])
def test_numbers_that_are_none(text: str) -> None:
    assert "is no JSON number" in refusal(text)


@pytest.mark.parametrize("depth", [300, 100_000])
def test_data_nested_too_deeply(depth: int) -> None:
    assert refusal("[" * depth + "]" * depth) == "-i: nested deeper than 256 levels"


def test_an_integer_longer_than_python_reads() -> None:
    assert "not JSON" in refusal("1" * 5000)


def test_parse_json_says_what_it_was_for() -> None:
    with pytest.raises(Stop, match="--file: not JSON"):
        parse_json("{", "--file")


@pytest.mark.parametrize(("given", "input"), [(None, {}), ([], {}), (["null"], None), (["x=1"], {"x": 1})])
def test_a_run_without_any_input_starts_with_an_empty_object(given: list[str] | None, input: object, tmp_path: Path) -> None:
    document = tmp_path / "a.yaml"
    document.write_text("document: {dsl: 1.0.3, namespace: t, name: a, version: 1.0.0}\ndo: [{a: {set: {x: 1}}}]")

    assert order(str(document), [], given, id=None, again=False).input == input
