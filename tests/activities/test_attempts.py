from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from activities.attempts import TOLD, Attempts
from interpreter.faults import standard

PROBLEM = standard("communication", status=503).at("/do/0/t")


def info(**members):
    return replace(ActivityEnvironment.default_info(), **members)


def failed(times):
    attempts = Attempts()
    for at in range(times):
        attempts = attempts.after(PROBLEM, at, 10)
    return attempts


@given(st.integers(0, 300))
def test_attempts_are_carried_by_heartbeats(times):
    attempts = failed(times)
    carried = Attempts.carried(info(heartbeat_details=[attempts.as_details()], attempt=times + 1))
    assert carried == attempts
    assert carried.failed == times
    assert [one["attempt"] for one in carried.as_json()] == list(range(max(1, times - TOLD + 1), times + 1))


@given(st.integers(0, 50), st.integers(0, 50))
def test_what_temporal_counts_more_was_lost(times, lost):
    assert failed(times).lost(info(attempt=times + lost + 1)) == lost


def test_without_heartbeats_nothing_is_carried():
    assert Attempts.carried(info(heartbeat_details=[])) == Attempts()


def test_an_attempt_is_told_with_its_problem_and_the_next_ones_instant():
    assert failed(1).as_json() == [{"attempt": 1, "at": 0, "error": PROBLEM.as_json(), "next": 10}]


def test_those_of_a_local_activity_are_counted():
    assert Attempts.carried(info(is_local=True, attempt=3)) == Attempts(2)
