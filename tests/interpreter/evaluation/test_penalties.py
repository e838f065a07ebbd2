from __future__ import annotations

import pytest

from interpreter.evaluation.penalties import Penalties, Refusal
from interpreter.evaluation.settings import Settings


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def penalties(clock):
    return Penalties(Settings(), clock)


def test_what_was_never_stopped_is_not_refused(penalties):
    assert penalties.refusal(b"program", b"data") is None


def test_a_stopped_evaluation_is_refused_for_thirty_seconds(penalties, clock):
    penalties.add(b"program", b"data")

    assert penalties.refusal(b"program", b"data") == Refusal(30, counted=True)
    assert penalties.refusal(b"program", b"other") is None
    assert penalties.refusal(b"other", b"data") is None
    clock.now = 30
    assert penalties.refusal(b"program", b"data") is None


def test_every_further_stop_doubles_it_up_to_ten_minutes(penalties, clock):
    seen = []
    for _ in range(7):
        penalties.add(b"program", b"data")
        seen.append(penalties.refusal(b"program", b"data").seconds)
        clock.now += 1000

    assert seen == [30, 60, 120, 240, 480, 600, 600]


def test_after_three_inputs_the_program_is_refused_but_that_does_not_count(penalties, clock):
    for data in (b"1", b"2"):
        penalties.add(b"program", data)
    assert penalties.refusal(b"program", b"innocent") is None

    penalties.add(b"program", b"3")

    assert penalties.refusal(b"program", b"innocent") == Refusal(30, counted=False)
    assert penalties.refusal(b"program", b"3") == Refusal(30, counted=True)
    clock.now = 31
    assert penalties.refusal(b"program", b"innocent") is None


def test_it_remembers_a_bounded_number(penalties):
    for number in range(3000):
        penalties.add(b"%d" % number, b"data")
        penalties.add(b"one", b"%d" % number)

    assert penalties.refusal(b"0", b"data") is None
    assert penalties.refusal(b"2999", b"data") is not None
    assert penalties.refusal(b"one", b"2999").counted
    assert not penalties.refusal(b"one", b"0").counted
