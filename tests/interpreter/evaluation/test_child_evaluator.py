from __future__ import annotations

import random
import string
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.evaluation.child_evaluator import ChildEvaluator, shared
from interpreter.evaluator import Evaluator, Held
from interpreter.faults import PREFIX, Fault
from interpreter.values import Json, encode

NOW = 1_700_000_000_000

JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(string.printable, max_size=5), inner, max_size=4)),
    max_leaves=12,
)


class Lazy(Mapping[str, Json]):
    """Variables that note who asked for what."""

    def __init__(self, **values: Json) -> None:
        self.values_by_name = values
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> Json:
        value = self.values_by_name[name]
        self.asked.append(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


def value(evaluator, expression, dot=None, **variables):
    return evaluator.evaluate([expression], dot, variables, NOW, "/do/0/t").values[0]


def detail(evaluator, expression, dot=None, **variables):
    with pytest.raises(Fault) as caught:
        value(evaluator, expression, dot, **variables)
    assert caught.value.problem.type == PREFIX + "expression"
    assert caught.value.problem.status == 400
    return caught.value.problem.detail


def test_it_is_an_evaluator(evaluator):
    typed: Evaluator = evaluator

    assert typed.evaluate([], None, {}, NOW, "/").values == []


def test_the_process_shares_one():
    assert shared() is shared()


def test_results_come_in_the_order_of_the_expressions_fast_or_not(evaluator):
    found = evaluator.evaluate([".a", ".a + 1", "$x", "$x | length", '"c"'], {"a": 1}, {"x": [1, 2, 3]}, NOW, "/")

    assert found.values == [1, 2, [1, 2, 3], 3, "c"]


def test_the_fast_path_costs_nothing_and_one_program_ten_steps_and_one_for_each_kilobyte(evaluator):
    assert evaluator.evaluate([".a", ".b == 1", ".a + 1"], {"a": 1}, {}, NOW, "/").cost == 0
    assert evaluator.evaluate([".a | . + 1", ".a | . + 2", ".a"], {"a": 1}, {}, NOW, "/").cost == 10
    assert evaluator.evaluate(["explode | length"], "x" * 5000, {}, NOW, "/").cost == 15


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("empty", None),
        ("null", None),
        ("1, 2", [1, 2]),
        (".[]", ["a", None]),
        ("[.[]]", ["a", None]),
        ("[]", []),
        ("range(10000) | 1", [1] * 10_000),
    ],
)
def test_no_result_is_null_and_several_are_an_array(evaluator, expression, expected):
    assert value(evaluator, expression, ["a", None]) == expected


def test_too_many_results_are_a_fault(evaluator):
    assert "more than 10,000 results" in detail(evaluator, "range(10001)")
    assert "more than 10,000 results" in detail(evaluator, "repeat(1)")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("1e1000", "1.7976931348623157e+308"),
        ("-1e1000", "-1.7976931348623157e+308"),
        ("infinite", "1.7976931348623157e+308"),
        ("nan", "null"),
        ("[nan] + []", "[null]"),
        ("9007199254740993 | .", "9007199254740993"),
        ("100000000000000000000 | .", "100000000000000000000"),
        ("1.0 | .", "1.0"),
        ("1.10 | .", "1.1"),
        ("1.0 + 0", "1"),
        (". | .", "9007199254740993"),
        ('"\\u0000" | .', '"\\u0000"'),
    ],
)
def test_numbers_come_out_as_written_and_always_finite(evaluator, expression, text):
    assert encode(value(evaluator, expression, 2**53 + 1)) == text


def plain(value):
    """jq may write the double 1e17 as 100000000000000000: the same number, then an integer in Python."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=150, deadline=None)
@given(JSON, JSON)
def test_values_pass_through_jq_unchanged(evaluator, dot, other):
    found = evaluator.evaluate([". | .", "$x | .", "[., $x]"], dot, {"x": other}, NOW, "/").values

    assert [encode(plain(one)) for one in found] == [encode(plain(one)) for one in (dot, other, [dot, other])]


@pytest.mark.parametrize(
    ("dot", "said"),
    [("\ud800", "surrogate"), (float("nan"), "JSON"), (10**5000, "4,300 digits")],
    ids=["surrogate", "nan", "digits"],
)
def test_data_that_is_no_json_is_a_fault(evaluator, dot, said):
    assert said in detail(evaluator, ". + 1", dot)


def test_a_number_of_too_many_digits_is_a_fault(evaluator):
    assert "4,300 digits" in detail(evaluator, '"1" * 5000 | fromjson')


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("reduce range(257) as $i (0; [.])", "nested deeper than 256"),
        ('"[[[" * 100 | ., (reduce range(257) as $i (0; [.]))', "nested deeper than 256"),
        ('"x" * 9e6', "larger than 8,000,000 bytes"),
        ('"é" * 4.1e6', "larger than 8,000,000 bytes"),
    ],
)
def test_results_have_a_greatest_size_and_depth(evaluator, expression, said):
    assert said in detail(evaluator, expression)


def test_brackets_in_texts_are_no_depth(evaluator):
    assert value(evaluator, '["[{" * 300]') == ["[{" * 300]
    assert value(evaluator, '"\\"[" * 300') == '"[' * 300
    assert value(evaluator, "[range(300) | []]") == [[]] * 300


def test_only_the_variables_that_are_named_are_asked_for(evaluator):
    variables = Lazy(input=1, context={"a": 1}, secrets={"s": 1}, task=[])

    evaluator.evaluate(["$input + 1", ".a", "$context.a == 1"], {}, variables, NOW, "/")

    assert set(variables.asked) == {"input", "context"}


def test_only_the_members_of_the_context_that_are_read_are_sent(evaluator):
    context = {"a": 1, "big": "x" * 100_000}

    assert evaluator.evaluate(["$context.a | . + 1", "$context.none | keys?"], None, {"context": context}, NOW, "/") == ([2, None], 10)
    assert evaluator.evaluate(["$context | keys | length"], None, {"context": context}, NOW, "/") == ([2], 110)
    assert evaluator.evaluate(["$context.a | . + 1", "$context | keys | length"], None, {"context": context}, NOW, "/") == ([2, 2], 110)
    assert evaluator.evaluate(["$context.a | . // 0"], None, {"context": None}, NOW, "/") == ([0], 10)


def test_a_context_that_is_no_object_is_sent_whole(evaluator):
    assert 'Cannot index array with string "a"' in detail(evaluator, "$context.a + 1", context=[1]).replace('("a")', '"a"')


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("$output", "`$output`: `$output` is not available here (line 1, column 1)"),
        (".a +\n  $output.b + 1", "`.a + $output.b + 1`: `$output` is not available here (line 2, column 3)"),
        ("$output == 1", "`$output` is not available here"),
        (".a | nope(1)", "there is no function `nope/1` in jq (line 1, column 6)"),
        (
            "HOME",
            "`HOME`: there is no function `HOME/0` in jq; a variable of a shell is written `$HOME`, without braces (line 1, column 1)",
        ),
        (".a +", "`.a +`: syntax error, unexpected end of file (line 1, column 5)"),
        (".a.b.c", '`.a.b.c`: Cannot index number with string ("b")'),
        ("error({a: 1})", '`error({a: 1})`: {"a": 1}'),
        ('error("one\\ntwo")', "one"),
        ("error(null)", "null"),
        ('"a', '`"`'),
        ("\ud800 + 1", "half of a surrogate pair"),
    ],
)
def test_a_fault_tells_expression_reason_and_place_in_one_line(evaluator, expression, said):
    found = detail(evaluator, expression, {"a": 1})

    assert said in found
    assert "\n" not in found
    assert "__now" not in found


def test_names_that_the_expression_binds_itself_need_no_variable(evaluator):
    assert value(evaluator, ". as $own | $own + 1", 1) == 2
    assert value(evaluator, "def f($p): $p; f(2) + 1") == 3


def test_in_a_batch_the_expression_that_fails_is_told(evaluator):
    with pytest.raises(Fault) as caught:
        evaluator.evaluate([".a + 1", '.a + "x"', "nope"], {"a": 1}, {}, NOW, "/")
    assert "`nope`" in caught.value.problem.detail

    with pytest.raises(Fault) as caught:
        evaluator.evaluate([".a + 1", '.a + "x"', ".a | keys"], {"a": 1}, {}, NOW, "/")
    assert caught.value.problem.detail == '`.a + "x"`: number (1) and string ("x") cannot be added'


def test_an_error_that_is_caught_stays_in_the_expression(evaluator):
    assert value(evaluator, 'try error("x") catch .') == "x"
    assert value(evaluator, "(.a.b.c)? // 7", {"a": 1}) == 7


def test_loop_variables_of_any_name_are_variables(evaluator):
    assert value(evaluator, "$and + $__now + $ENV", **{"and": 1, "__now": 2, "ENV": 3}) == 6
    assert value(evaluator, "now", __now=2) == NOW / 1000


def test_the_clock_is_the_run_s(evaluator):
    assert [encode(evaluator.evaluate(["now + 0"], None, {}, at, "/").values[0]) for at in (1_500, 2_000, 0, 1_700_000_000_123)] == [
        "1.5",
        "2",
        "0",
        "1700000000.123",
    ]


def test_a_closed_evaluator_leaves_no_child_behind():
    evaluator = ChildEvaluator()
    value(evaluator, "1 + 1")
    evaluator.close()

    assert value(evaluator, "1 + 1") == 2
    assert evaluator._runner._pool._idle == []


def test_the_same_expression_gives_the_same_alone_and_in_a_batch(evaluator):
    rng = random.Random(1)
    pieces = [".a + 1", ".b | length", "[.b[] | . * 2]", '"\\(.a)-\\($x)"', ".b | map(. > 1)", "$x | tostring", ".a // $x", "empty", "1, 2"]
    dot = {"a": 1, "b": [1, 2, 3]}
    alone = {piece: value(evaluator, piece, dot, x=5) for piece in pieces}
    for _ in range(30):
        chosen = rng.choices(pieces, k=rng.randrange(1, 6))
        assert evaluator.evaluate(chosen, dot, {"x": 5}, NOW, "/").values == [alone[piece] for piece in chosen]


def test_a_message_of_a_stop_is_one_line_with_place_expression_and_cure(evaluator):
    with pytest.raises(Held) as caught:
        evaluator.evaluate(["[] |\n .[200000000] = 1", "[1, 1] | add"], None, {}, NOW, "/do/3/pay#2")

    assert caught.value.message.startswith("/do/3/pay#2: expression `[] | .[200000000] = 1` (and 1 more) ended its evaluator (SIGABRT)")
    assert "memory limit of 1,024 MiB" in caught.value.message
    assert "It has to do less work" in caught.value.message
    assert caught.value.place == "/do/3/pay#2"
    assert caught.value.counted
