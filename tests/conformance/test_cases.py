"""Our own conformance cases: all of them in the fake world, and on a real server those that do not wait."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from interpreter.document.model import Task
from interpreter.values import Json
from tests.conformance.case import Case, cases, judge
from tests.conformance.report import row
from tests.conformance.rules import rules
from tests.conformance.world import Runner
from tests.conformance.worlds import WORLDS

CASES = cases()
ROOT = Path(__file__).parents[2]


def _worlds(case: Case) -> list[Json]:
    return WORLDS[:1] if case.needs_virtual_time or case.runs_nowhere else WORLDS


PLACES = [pytest.param(case, *world.values, id=f"{world.id}-{case.name}", marks=world.marks) for case in CASES for world in _worlds(case)]


@pytest.mark.parametrize(("case", "world"), PLACES)
def test_a_case_holds(case: Case, world: str, runner: Runner, record_property) -> None:
    record_property("world", world)
    for rule in case.rules:
        record_property("rule", rule)
    judge(case, runner.run(case.text, children=case.children, script=case.script, **case.input))


def test_the_page_is_what_a_run_in_which_all_hold_would_write(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--conformance-report", default=None):
        pytest.skip("this run writes it")
    counted: dict[int, Counter[str]] = {}
    for case in CASES:
        for rule in case.rules:
            counted.setdefault(rule, Counter()).update(f"{world.id} passed" for world in _worlds(case))
    lines = (ROOT / "docs" / "conformance.md").read_text().splitlines()
    assert [line for rule in rules() if (line := row(rule, counted.get(rule.number, Counter()))) not in lines] == [], "run make conformance"


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


def test_cases_name_rules_that_exist() -> None:
    known = {rule.number for rule in rules()}
    assert [case.name for case in CASES if not set(case.rules) <= known] == []


def test_every_rule_has_a_case_or_says_what_it_waits_for() -> None:
    covered = {number for case in CASES for number in case.rules}
    assert [rule.number for rule in rules() if rule.number not in covered and not rule.excuse] == []


def test_every_task_kind_that_can_run_has_a_case() -> None:
    asked = " ".join(case.text for case in CASES)
    # A function is called by its own name.
    keys = {kind.KEY.rpartition(".")[2] for kind in get_args(get_args(Task.__value__)[0])} - {"function"}
    assert len(keys) > 12
    assert [key for key in keys if f'"{key}"' not in asked] == []
