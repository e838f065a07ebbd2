"""Workers killed one after the other, whenever it may be, while runs of every kind go on and continue as new."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.killed.laboratory import Laboratory
from tests.killed.points import POINTS

pytestmark = [pytest.mark.anyio, pytest.mark.server, pytest.mark.chaos]

KILLS = 6


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", range(3))
async def test_killed_again_and_again(laboratory: Laboratory, seed: int):
    chance = random.Random(seed)
    runs = {name: await laboratory.start(point, continueAfterEvents=8) for name, point in POINTS.items()}
    telling = asyncio.create_task(laboratory.go_on(runs))
    for _ in range(KILLS):
        async with laboratory.worker() as worker:
            enough = len(laboratory.counterpart.requests) + chance.randint(1, 6)
            await laboratory.counterpart.has(enough)
            await worker.kill()

    async with laboratory.worker():
        await telling
        await laboratory.proven(runs, None, continueAfterEvents=8)
