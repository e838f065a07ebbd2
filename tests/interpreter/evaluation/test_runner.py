from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held

ENDLESS = "last(range(1e9))"
DIES = "[]|.[200000000]=1"


@pytest.fixture
def make():
    evaluators = []

    def made(**settings):
        evaluators.append(ChildEvaluator(Settings(**settings)))
        return evaluators[-1]

    yield made
    for evaluator in evaluators:
        evaluator.close()


def value(evaluator, expression, dot=None, now=0):
    return evaluator.evaluate([expression], dot, {}, now, "/do/0/t").values[0]


def held(evaluator, expression, dot=None, now=0):
    with pytest.raises(Held) as caught:
        value(evaluator, expression, dot, now)
    assert "\n" not in caught.value.message
    return caught.value.message.removeprefix("/do/0/t: expression "), caught.value.counted


def test_a_program_that_uses_up_its_cpu_time_is_stopped_and_that_counts(make):
    message, counted = held(make(deadline=0.1, activation=30), ENDLESS)

    assert message == f"`{ENDLESS}` was stopped after 0.1 s of CPU time. It has to do less work or to look at less data."
    assert counted


def test_what_was_stopped_is_refused_at_once_whatever_the_clock_says(make):
    evaluator = make(deadline=0.1, activation=30)
    held(evaluator, f"now | {ENDLESS}", 1, now=1)
    message, counted = held(evaluator, f"now | {ENDLESS}", 1, now=2_000)

    assert "was stopped a short while ago and is refused for another 30 s" in message
    assert counted


def test_a_death_in_the_program_counts(make):
    message, counted = held(make(), DIES)

    assert "ended its evaluator (SIGABRT)" in message
    assert counted


def test_wall_time_without_cpu_time_does_not_count(make):
    evaluator = make(activation=0.1)
    value(evaluator, "[1, 1] | add")
    child = evaluator._runner._pool._idle[-1][1]
    os.kill(child.pid, signal.SIGSTOP)

    message, counted = held(evaluator, "[1, 2] | add")

    assert "was stopped after 0.0 s of CPU time" in message
    assert "it is tried again by itself" in message
    assert not counted
    assert value(evaluator, "[1, 2] | add") == 3


def test_cpu_time_that_the_activation_has_spent_before_counts_too(make):
    evaluator = make()
    evaluator.begin_activation()
    evaluator._runner._thread.budget.cpu = 1.0
    evaluator._runner._thread.budget.seconds = 0.05

    message, counted = held(evaluator, ENDLESS)

    assert "since all evaluations of one step may take 1.5 s together. It has to do less work" in message
    assert counted


def test_the_evaluations_of_an_activation_share_one_budget(make):
    evaluator = make(activation=60)
    evaluator.begin_activation()
    value(evaluator, "[1, 1] | add")
    evaluator._runner._thread.budget.seconds = 0

    message, counted = held(evaluator, "[1, 1] | add")
    assert "all evaluations of one step may take 60 s together" in message
    assert not counted

    with ThreadPoolExecutor(1) as other:
        assert other.submit(value, evaluator, "[1, 1] | add").result() == 2
    evaluator.begin_activation()
    assert value(evaluator, "[1, 1] | add") == 2


def test_want_of_a_child_does_not_count_and_needs_no_penalty(make):
    evaluator = make(children=1, reserved=0, slot_wait=0.02)
    with evaluator._runner._pool.lease(1, quick=True):
        message, counted = held(evaluator, "[1, 1] | add")

    assert "found all 1 evaluators busy; it is tried again by itself, and more workers would help" in message
    assert not counted
    assert value(evaluator, "[1, 1] | add") == 2


def test_a_system_that_starts_no_process_does_not_count(make, monkeypatch):
    evaluator = make()

    def failing(_memory):
        raise OSError("no more processes")

    monkeypatch.setattr("interpreter.evaluation.pool.Child", failing)

    message, counted = held(evaluator, "[1, 1] | add")
    assert "found no evaluator, since none could be started (no more processes)" in message
    assert not counted


def test_a_child_that_dies_while_idle_costs_nothing(make):
    evaluator = make()
    value(evaluator, "[1, 1] | add")
    child = evaluator._runner._pool._idle[-1][1]
    os.kill(child.pid, signal.SIGKILL)
    child._process.wait()

    assert value(evaluator, "[1, 1] | add") == 2


def test_the_fast_path_needs_no_child_and_no_budget(make):
    evaluator = make(children=0)

    assert value(evaluator, ".a == 1 and .b", {"a": 1, "b": 2}) is True


def test_hostile_programs_in_many_threads_leave_the_innocent_ones_their_children(make):
    evaluator = make(deadline=0.15, children=8, reserved=2, slot_wait=30, activation=30)
    hostile_done, stop = [], threading.Event()

    def hostile(number):
        outcomes = []
        for attempt in range(3):
            try:
                value(evaluator, f"{number} | {ENDLESS if number % 2 else DIES}", attempt)
            except Held as stopped:
                outcomes.append(stopped.counted)
        hostile_done.append(outcomes)

    def innocent(number):
        rounds = 0
        while not stop.is_set() or rounds < 50:
            assert evaluator.evaluate([". + 1", ". * 2", f"{number}, ."], rounds, {}, 0, "/").values == [
                rounds + 1,
                rounds * 2,
                [number, rounds],
            ]
            rounds += 1
        return rounds

    with ThreadPoolExecutor(10) as threads:
        workers = [threads.submit(innocent, number) for number in range(4)]
        attackers = [threads.submit(hostile, number) for number in range(6)]
        for attacker in attackers:
            attacker.result()
        stop.set()
        assert all(worker.result() >= 50 for worker in workers)

    assert len(hostile_done) == 6
    assert all(outcomes == [True, True, True] for outcomes in hostile_done)
