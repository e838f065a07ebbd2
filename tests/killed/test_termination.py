"""A worker that is told to stop: what runs is finished or left to another worker, within the grace."""

from __future__ import annotations

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.killed.laboratory import Laboratory
from tests.killed.points import POINTS, Point, call, in_call, retried
from tests.temporal.house import document

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_a_call_that_outlasts_the_grace_is_left_to_another_worker(laboratory: Laboratory):
    async with laboratory.worker("--grace", "0.5") as first:
        runs = await laboratory.brought(["a call", "a child", "a competing fork", "a retry by Temporal, in an attempt"])
        lost = laboratory.lost()
        assert await first.ends() == 0

    async with laboratory.worker():
        await laboratory.go_on(runs)
        await laboratory.proven(runs, lost)


def _once(base: str) -> tuple[Json, ...]:
    fetch = call(base, "held/a")
    fetch["a"]["metadata"]["swtemporal"]["atMostOnce"] = True
    caught = {"errors": {"with": {"status": 500}}, "do": [{"tell": {"set": "${ $error.detail }"}}]}
    return (document(retried(fetch, "PT0.1S", **caught)),)


async def test_a_call_that_may_be_made_only_once_is_not_made_again_when_the_grace_is_over(laboratory: Laboratory):
    async with laboratory.worker("--grace", "0.5") as first:
        run = await laboratory.start(Point(documents=_once, reached=in_call))
        await in_call(run)
        assert await first.ends() == 0
    laboratory.counterpart.gate.set()

    async with laboratory.worker():
        outcome = await temporal.outcome(run.handle)

    assert outcome == Completed("the worker was lost; whether the call was made is unknown, and 'atMostOnce' forbids another attempt")
    assert len(run.requests()) == 1


@pytest.mark.chaos
async def test_what_rests_goes_on_at_another_worker_at_once(laboratory: Laboratory):
    async with laboratory.worker() as first:
        runs = await laboratory.brought([name for name, point in POINTS.items() if point.resting])
        assert await first.ends() == 0

    async with laboratory.worker():
        await laboratory.go_on(runs)
        await laboratory.proven(runs, [])


@pytest.mark.chaos
async def test_one_that_looks_on_while_a_child_runs_is_not_waited_for(laboratory: Laboratory):
    async with laboratory.worker("--grace", "600") as first:
        runs = await laboratory.brought(["a child found again"])
        assert await first.ends() == 0

    async with laboratory.worker():
        await laboratory.go_on(runs)
        await laboratory.proven(runs, [])
