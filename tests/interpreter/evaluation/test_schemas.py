from __future__ import annotations

import time

import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held
from interpreter.faults import PREFIX, Fault

NESTED = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer", "minimum": 3}}}]},
        "b": {"type": "array", "items": {"type": "integer"}},
        "x/y~z": {"type": "null"},
    },
}


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        (True, 1, None),
        (False, 1, "False schema does not allow 1"),
        (NESTED, {"a": "s"}, None),
        (NESTED, {"a": {"x": 3}}, None),
        (NESTED, {}, '"a" is a required property'),
        (NESTED, None, 'null is not of type "object"'),
        (NESTED, {"a": 1}, "/a: 1 is not valid under any of the schemas listed in the 'oneOf' keyword"),
        (NESTED, {"a": {"x": "q"}}, '/a/x: "q" is not of type "integer"'),
        (NESTED, {"a": {"x": 1}}, "/a/x: 1 is less than the minimum of 3"),
        (NESTED, {"a": "s", "b": [1, None, "x"]}, '/b/1: null is not of type "integer" (and 1 more)'),
        (NESTED, {"a": "s", "x/y~z": 1}, '/x~1y~0z: 1 is not of type "null"'),
        ({"prefixItems": [{"type": "string"}]}, [1], '/0: 1 is not of type "string"'),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "prefixItems": [{"type": "string"}]}, [1], None),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"const": 1}}}, 2, "1 was expected"),
        (
            {"type": "number"},
            float("inf"),
            "holds a number that is not finite or has too many digits, half of a surrogate pair, or is nested too deeply",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_is(evaluator, schema, value, said):
    assert evaluator.check(schema, value, "/do/0/t") == said


def test_a_long_value_is_cut_in_the_message(evaluator):
    said = evaluator.check({"type": "integer"}, "x" * 5000, "/")

    assert len(said) < 400
    assert said.endswith('is not of type "integer"')


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:1/x.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "other.json"},
        {"$schema": "http://127.0.0.1:1/meta"},
        {"$ref": "#/nowhere"},
        {"type": "nope"},
        {"pattern": "("},
        5,
        "text",
    ],
)
def test_a_schema_that_is_not_valid_or_refers_elsewhere_is_a_configuration_fault(evaluator, schema):
    with pytest.raises(Fault) as caught:
        evaluator.check(schema, 1, "/")

    assert caught.value.problem.type == PREFIX + "configuration"
    assert caught.value.problem.detail.startswith("the JSON Schema cannot be used: ")
    assert "\n" not in caught.value.problem.detail


def test_a_hostile_schema_is_stopped_while_this_process_goes_on():
    evaluator = ChildEvaluator(Settings(deadline=0.3, activation=30))
    began = time.thread_time()
    try:
        with pytest.raises(Held) as caught:
            evaluator.check({"pattern": "(?=a)(a+)+b"}, "a" * 200_000, "/do/0/t")
        assert caught.value.message.startswith("/do/0/t: the check by a JSON Schema was stopped")
        assert caught.value.counted
        assert time.thread_time() - began < 0.3
        assert evaluator.check({"type": "string"}, "a", "/") is None
    finally:
        evaluator.close()


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("com.fake.x", "com.fake.x", True),
        ("com.fake.x", "com-fake-x", True),
        ("com.fake", "com.fake.x", False),
        ("com\\.fake\\..*", "com.fake.x", True),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        ("(", "(", True),
        ("(", "x", False),
        ("a{99999999999999}", "a", False),
        (".", "é", True),
        (".", "\ud800", True),
        ("a.b", "a\nb", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_a_pattern_matches_the_whole_text(evaluator, pattern, text, expected):
    assert evaluator.matches(pattern, text, "/do/0/l") is expected


def test_a_hostile_pattern_is_stopped():
    evaluator = ChildEvaluator(Settings(deadline=0.3, activation=30))
    try:
        with pytest.raises(Held, match=r"the pattern `\(a\+\)\+b` was stopped after 0\.3 s of CPU time") as caught:
            evaluator.matches("(a+)+b", "a" * 60, "/do/0/l")
        assert caught.value.counted
    finally:
        evaluator.close()
