"""Wherever a run is interrupted, captured, sent through JSON and taken up by a new engine: it comes to the same, by the same way."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from operator import eq

import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.values import Json, encode
from tests.conformance.case import Case, cases
from tests.conformance.fake import FakeRunner
from tests.conformance.world import Ran
from tests.samples.sample import samples

EACH = 25
"""Up to so many steps a run is interrupted once at each of them, besides everywhere at once."""

RUN = [case for case in [*cases(), *samples()] if not case.runs_nowhere]


def _ran(case: Case, runner: FakeRunner) -> Ran:
    ran = runner.run(case.text, children=case.children, script=case.script, **case.input)
    effects = tuple(replace(one, arguments=_steady(one.arguments)) for one in ran.effects)
    return replace(ran, effects=effects, completed=_steady(ran.completed))


def _steady(value: Json) -> Json:
    """Without what is another in each run for real: ports, the peer's clock, the session that a worker draws for a subscription."""
    return json.loads(re.sub(r'127\.0\.0\.1:\d+|(?<="date":")[^"]+|(?<="mark":")[0-9a-f]{32}', "…", encode(value)))


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_an_interrupt_changes_nothing(case: Case, evaluator: ChildEvaluator) -> None:
    undisturbed = _ran(case, FakeRunner(evaluator))
    assert _ran(case, FakeRunner(evaluator, lambda _: True)) == undisturbed
    if case.script.serve is not None:
        return  # real calls take real time; everywhere at once is the harder test
    for step in range(1, min(undisturbed.steps, EACH)):
        assert _ran(case, FakeRunner(evaluator, partial(eq, step))) == undisturbed
