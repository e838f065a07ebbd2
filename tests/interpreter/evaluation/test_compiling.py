from __future__ import annotations

import random

import jq
import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.evaluation.settings import Settings
from interpreter.expressions import names
from interpreter.faults import Fault
from interpreter.languages import JQ

GOOD = [
    ".a",
    "$context.x + $anything",
    "1, 2",
    "# c\n1",
    "def f: 1; f",
    "1 # c \\",
    '"\\(1 + $x)"',
    "empty",
    ". as [$a] ?// $a | $a",
    "now",
]
BAD = {
    "1) | (2": "syntax error, unexpected character, expecting end of file (line 1, column 2)",
    "1) , (2": "syntax error",
    "1] | [2": "syntax error",
    "nope": "there is no function `nope/0` in jq (line 1, column 1)",
    ".a +\n nope(1)": "there is no function `nope/1` in jq (line 2, column 2)",
    "$__loc__": "$__loc__",
    "": "is empty",
    "#": "syntax error",
    "def f: 1;": "syntax error",
    "\0": "NUL",
    'import "a" as $a; $a': "syntax error, unexpected import (line 1, column 1)",
    'include "a"; f': "syntax error",
    "break $x": "`break $x` stands outside",
    '"\ud800"': "surrogate",
    '"a': 'expecting `"` (line 1, column 2)',
    "{(1): 2}": "Cannot use number (1) as object key",
}

TOKENS = [
    *["1", ".a", "$x", ",", "|"] * 5,
    *["(", ")", "[", "]", "{", "}", "+", "$y", ";", "a:", "@json", "def f:", " as $x|"],
    *['"', '\\"', '"\\(', ')"', "#", "\\", "\n", "\r", " "],
]


def test_every_expression_gets_its_own_verdict(evaluator):
    rng = random.Random(3)
    expressions = [*GOOD * 30, *BAD]
    rng.shuffle(expressions)

    found = evaluator.compile_check(expressions)

    assert len(found) == len(expressions)
    for expression, said in zip(expressions, found, strict=True):
        if expression in BAD:
            assert said is not None, expression
            assert BAD[expression] in said
            assert "\n" not in said
        else:
            assert said is None, expression


def test_nothing_to_check_needs_no_child():
    evaluator = ChildEvaluator(Settings(children=0))

    assert evaluator.compile_check([]) == []
    assert evaluator.compile_check([""]) == ["is empty"]


def test_what_is_compiled_is_what_runs(evaluator):
    """A text made of tokens compiles exactly if it can be run, alone or among others."""
    rng = random.Random(5)
    texts = sorted({"".join(rng.choices(TOKENS, k=rng.randrange(1, 6))) for _ in range(2000)})
    verdicts = dict(zip(texts, evaluator.compile_check(texts), strict=True))
    assert sum(said is None for said in verdicts.values()) > 50

    for text in rng.sample(texts, 300) + [text for text, said in verdicts.items() if said is None]:
        try:
            evaluator.evaluate([text], {"a": 1}, {"x": 1}, 0, "/")
        except Fault as fault:
            compiles = "syntax error" not in (fault.problem.detail or "") and "is empty" not in (fault.problem.detail or "")
        else:
            compiles = True
        assert compiles is (verdicts[text] is None), text


def test_what_jq_compiles_is_balanced_and_its_names_are_known():
    rng = random.Random(7)
    accepted = 0
    for _ in range(12_000):
        text = "".join(rng.choices(TOKENS, k=rng.randrange(1, 9)))
        try:
            jq.compile("1 as $x | 1 as $y |\n" + text + "\n\n")
        except ValueError:
            continue
        accepted += 1
        assert JQ.balanced(text), text
        for name in ("x", "y"):
            if name in names(text):
                continue
            jq.compile(f"1 as ${'y' if name == 'x' else 'x'} |\n" + text + "\n\n")
    assert accepted > 300


def test_an_expression_that_cannot_be_compiled_in_time_is_told_apart_from_its_neighbours():
    evaluator = ChildEvaluator(Settings(compilation=0.5))
    hostile = "(" * 2000 + "1" + ")" * 2000 + " | " + "|".join(["1 as $a | 2"] * 60000)
    try:
        found = evaluator.compile_check([".a + 1", hostile, ".b + 1"])
    finally:
        evaluator.close()

    assert found[0] is None
    assert found[2] is None


@pytest.mark.parametrize("expression", GOOD)
def test_good_ones_run_too(evaluator, expression):
    assert len(evaluator.evaluate([expression], {"a": 1}, {"context": {"x": 1}, "anything": 1, "x": 1}, 0, "/").values) == 1
