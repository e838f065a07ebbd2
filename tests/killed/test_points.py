"""A worker killed in the middle of everything a run can be doing: another one goes on, and outcome and effects are the same."""

from __future__ import annotations

import pytest

from tests.killed.laboratory import Laboratory
from tests.killed.points import POINTS

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_killed_at_every_point_at_once(laboratory: Laboratory):
    async with laboratory.worker() as first:
        runs = await laboratory.brought([name for name in POINTS if name != "a child found again"])  # that takes long
        await first.kill()
    lost = laboratory.lost()

    async with laboratory.worker():
        await laboratory.go_on(runs)
        await laboratory.proven(runs, lost)


@pytest.mark.chaos
@pytest.mark.parametrize("name", POINTS)
async def test_killed_at_one_point(laboratory: Laboratory, name: str):
    async with laboratory.worker() as first:
        runs = await laboratory.brought([name])
        await first.kill()
    lost = laboratory.lost()

    async with laboratory.worker():
        await laboratory.go_on(runs)
        await laboratory.proven(runs, lost)
