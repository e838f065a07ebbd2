from __future__ import annotations

import pytest

from interpreter.document.functions import function_in, load_function
from interpreter.document.rules import FUNCTION_RULES


def told(text: str) -> list[str]:
    return [str(finding) for finding in load_function(text, "f.yaml", rules=FUNCTION_RULES).findings]


def test_a_function_is_a_task_in_yaml_or_json():
    assert function_in("set: {a: 1}", "f").raw == {"set": {"a": 1}}
    assert function_in('{"set": {"a": 1}}', "f").task == function_in("set: {a: 1}", "g").task


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("set: {a: 1", "f.yaml:1:"),
        ("", "f.yaml:1:1: error[yaml] the text is empty"),
        ("sett: {a: 1}", "f.yaml:1:1: error["),
        ("do:\n  - a: {set: {x: 1}}\n  - a: {set: {x: 2}}", "f.yaml:3:5: error[duplicate-name]"),
        ("do:\n  - a: {set: {x: 1}, then: b}", "f.yaml:2:28: error[unknown-target]"),
        ("set: {x: '${ . '}", "f.yaml:1:10: error[bad-expression]"),
        ("set: {x: 1}\nset: {x: 2}", "f.yaml:2:1: error[duplicate-key]"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, finding: str):
    assert told(text)[0].startswith(finding)


def test_names_that_the_caller_may_know_are_not_judged():
    assert told("try: [{a: {call: theirs}}]\ncatch: {retry: theirs}") == []


def test_the_arguments_of_a_script_may_be_the_map_of_earlier_versions():
    text = "run: {script: {language: python, code: pass, arguments: {message: '${ .m }', timestamp: true}}}"
    assert told(text) == []
    assert function_in(text, "f").raw["run"]["script"]["arguments"] == {"message": "${ .m }", "timestamp": True}


def test_a_text_that_holds_none():
    with pytest.raises(ValueError, match=r"https://example\.com/f\.yaml:2:3: "):
        function_in("do:\n  x: 1", "https://example.com/f.yaml")
