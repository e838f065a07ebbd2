"""The clock decides where a pass ends; the history decides where a replayed one does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from interpreter.temporal import pace
from interpreter.temporal.pace import LONG, UNITS, Pace


class World:
    """A clock, and the history's markers."""

    def __init__(self) -> None:
        self.clock = 0.0
        self.replaying = False
        self.markers: set[str] = set()
        self.unsafe = SimpleNamespace(is_replaying=lambda: self.replaying)

    def monotonic(self) -> float:
        return self.clock

    def patched(self, marker: str) -> bool:
        if not self.replaying:
            self.markers.add(marker)
        return marker in self.markers


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    found = World()
    monkeypatch.setattr(pace, "workflow", found)
    monkeypatch.setattr(pace, "time", found)
    return found


def looks(world: World, seconds: float) -> list[bool]:
    """What five looks say in each of two activations, when that much time passes before each."""
    measured, said = Pace(), []
    for _ in range(2):
        measured.begin_activation()
        for _ in range(5):
            world.clock += seconds
            said.append(measured.tired(UNITS))
    return said


def test_a_quick_activation_is_never_tired_and_leaves_nothing(world: World):
    assert looks(world, LONG / 10) == [False] * 10
    assert world.markers == set()


def test_each_activation_gets_somewhere_before_it_is_tired(world: World):
    assert looks(world, 100 * LONG) == [False, True, True, True, True] * 2


def test_a_replay_is_tired_where_the_history_says_whatever_the_clock_says(world: World):
    said = looks(world, LONG / 2.5)
    assert True in said
    world.replaying = True

    assert looks(world, 0) == said
    assert looks(world, 100 * LONG) == said


def test_a_few_steps_are_not_worth_a_look(world: World):
    measured = Pace()
    world.clock = 100 * LONG

    assert [measured.tired(1) for _ in range(2 * UNITS)].index(True) == 2 * UNITS - 1
