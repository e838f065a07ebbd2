"""How effects become activities."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.defaults import Limits
from interpreter.effects import Effect
from interpreter.faults import Fault
from interpreter.temporal.budget import Budget
from interpreter.temporal.options import ID_LENGTH, UNLIMITED, activity_id, options_of
from interpreter.temporal.summary import SUMMARY_BYTES, SUMMARY_LENGTH, shortened
from interpreter.values import Json


def effect(arguments: Json | None = None, id: str = "/do/0/a#1", **options: Json) -> Effect:
    return Effect(
        id=id, kind="call.http", reference="/do/0/a", name="a", summary="a", key="k",
        arguments=arguments or {}, options=options, repeatable=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "hints", "attempts"),
    [
        ({}, {}, 5),
        ({}, {"atMostOnce": True}, 1),
        ({"retry": {"count": 3}}, {}, 9),
        ({"retry": {"count": None}}, {}, UNLIMITED),
        ({"retry": {"count": 3}}, {"atMostOnce": True}, 1),
    ],
)
def test_attempts(arguments: Json, hints: Json, attempts: int):
    assert options_of(effect(arguments, **hints)).retry.maximum_attempts == attempts


def test_hints():
    options = options_of(effect(taskQueue="risky", scheduleToStart="PT5S", startToClose="PT1H", heartbeat=500, detached=True, local=True))

    assert (options.task_queue, options.schedule_to_start) == ("risky", timedelta(seconds=5))
    assert (options.start_to_close, options.heartbeat) == (timedelta(hours=1), timedelta(milliseconds=500))


def test_without_hints_a_call_waits_for_a_worker_as_long_as_it_takes():
    assert options_of(effect()).schedule_to_start is None


@pytest.mark.parametrize(
    "hints",
    [
        {"taskQueue": ""},
        {"taskQueue": 7},
        {"atMostOnce": "yes"},
        {"heartbeat": 0},
        {"scheduleToStart": 0},
        {"heartbeat": True},
        {"startToClose": "soon"},
        {"startToClose": 1.5},
    ],
)
def test_hints_that_are_none(hints: Json):
    with pytest.raises(Fault) as found:
        options_of(effect(**hints))

    assert next(iter(hints)) in str(found.value.problem.detail)


@given(st.text(max_size=400), st.text(max_size=400))
def test_ids_are_short_and_tell_effects_apart(one: str, other: str):
    assert len(activity_id(one)) <= ID_LENGTH
    assert (activity_id(one) == activity_id(other)) is (one == other)


@given(st.text(max_size=400))
def test_summaries_fit(text: str):
    found = shortened(text)

    assert len(found) <= SUMMARY_LENGTH
    assert len(ascii(found)) <= SUMMARY_BYTES
    assert found == text or found.endswith("…")


def test_a_budget_is_for_one_workflow_task():
    budget = Budget(Limits(starts=2, start_bytes=1000, in_flight=10))
    budget.open(3)
    taken = [budget.takes(effect(), running=0) for _ in range(3)]
    assert (taken, budget.used_up) == ([True, True, False], True)

    budget.open(3)
    assert not budget.takes(effect(), running=0)
    budget.open(9)
    assert budget.takes(effect(), running=0)


def test_a_budget_counts_bytes_but_one_effect_always_fits():
    budget = Budget(Limits(starts=10, start_bytes=100, in_flight=10))
    budget.open(3)

    assert budget.takes(effect("x" * 200), running=0)
    assert not budget.takes(effect(), running=1)
    assert budget.used_up


def test_another_workflow_task_does_not_help_when_too_much_is_in_flight():
    budget = Budget(Limits(in_flight=2))
    budget.open(3)

    assert not budget.takes(effect(), running=2)
    assert not budget.used_up


def test_a_document_does_not_choose_who_allows_it_activities_of_others():
    assert options_of(replace(effect(taskQueue="lax"), kind="function.activity")).task_queue is None
