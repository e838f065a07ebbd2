from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import fault_of, flow

TASKS = """
- choose:
    switch:
      - small: {when: .n < 10, then: little}
      - other: {then: fallback}
      - even: {when: '${ .n % 2 == 0 }', then: pair}
    then: end
- little: {set: {went: little}, then: end}
- pair: {set: {went: pair}, then: end}
- fallback: {set: {went: fallback}, then: end}
"""


@pytest.mark.parametrize(("n", "went"), [(4, "little"), (12, "pair"), (13, "fallback")])
def test_the_first_case_that_holds_wins_and_the_default_is_last_wherever_it_stands(n, went):
    assert World().run(flow(TASKS), {"n": n}).output == {"went": went}


def test_without_match_and_default_the_tasks_own_then_applies():
    text = "[choose: {switch: [never: {when: 'false', then: a}], then: b}, a: {set: {went: a}}, b: {set: {went: b}}]"
    assert World().run(flow(text)).order() == ["choose", "b"]


def test_without_match_default_and_then_it_goes_on():
    text = "[choose: {switch: [never: {when: .absent, then: end}]}, a: {set: {went: a}}]"
    assert World().run(flow(text)).output == {"went": "a"}


@pytest.mark.parametrize("then", ["continue", "a"])
def test_a_match_ignores_the_tasks_own_then(then):
    text = f"[choose: {{switch: [hit: {{when: 'true', then: {then}}}], then: end}}, a: {{set: {{went: a}}}}]"
    assert World().run(flow(text)).output == {"went": "a"}


@pytest.mark.parametrize(("then", "order"), [("exit", ["outer", "choose", "after"]), ("end", ["outer", "choose"])])
def test_a_case_may_exit_or_end(then, order):
    text = f"[outer: {{do: [choose: {{switch: [hit: {{then: {then}}}]}}, a: {{set: {{n: 1}}}}]}}, after: {{set: {{n: 2}}}}]"
    assert World().run(flow(text)).order() == order


def test_the_output_is_the_shaped_input_and_export_applies():
    text = "[choose: {input: {from: .payload}, switch: [hit: {then: continue}], export: {as: '{ seen: . }'}}]"
    ran = World().run(flow(text), {"payload": [1]})
    assert (ran.output, ran.context) == ([1], {"seen": [1]})


@pytest.mark.parametrize(
    ("value", "holds"), [(0, True), ("", True), ([], True), ({}, True), (False, False), (None, False), ("false", True)]
)
def test_only_false_and_null_do_not_hold(value, holds):
    text = "[choose: {switch: [hit: {when: .v, then: end}]}, a: {set: {went: on}}]"
    assert ("a" in World().run(flow(text), {"v": value}).order()) is not holds


def test_a_condition_that_fails_is_an_expression_error():
    text = "[choose: {switch: [hit: {when: '.n | error', then: end}]}]"
    assert fault_of(World().run(flow(text), {"n": 1})) == ("expression", 400, "/do/0/choose")


def test_why_a_way_was_taken_is_told():
    ran = World().run(flow(TASKS), {"n": 12})
    told = next(notice for notice in ran.notices if notice.kind == "completed" and notice.name == "choose")
    assert (told.data["why"], told.data["then"]) == ("case 'even': .n % 2 == 0", "pair")
