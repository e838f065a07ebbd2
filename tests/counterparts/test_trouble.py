"""Every counterpart in every trouble, by whole runs: the problem is told without secrets, and when the trouble is over, a run that tries again completes.

A trouble comes over all counterparts at once, each in a story of its own, with one worker: what is waited for is waited for together.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from tests.canaries import found_in
from tests.counterparts import peers
from tests.counterparts.peers import Peer
from tests.counterparts.rows import ROWS
from tests.counterparts.world import World

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(300)]

OUTAGES: dict[str, Callable[[Peer], AbstractContextManager[None]]] = {"down": peers.down, "slow": peers.slow, "garbage": peers.garbage}


@dataclass
class Story:
    """What became of a run in trouble, and of one that tried again until the trouble was over; and their histories."""

    plain: Any
    again: Any
    history: bytes


@asynccontextmanager
async def trouble(world: World, name: str, kind: str) -> AsyncIterator[None]:
    """A trouble with one counterpart."""
    if kind == "credentials":
        world.show(name, wrong=True)
        try:
            yield
        finally:
            world.show(name)
    else:
        outage = ExitStack()
        await asyncio.to_thread(outage.enter_context, OUTAGES[kind](world.peers[name]))
        try:
            yield
        finally:
            await asyncio.to_thread(outage.close)


async def told(world: World, counterpart: str, kind: str, queue: str) -> dict[str, Story]:
    """The stories of everything that is done with one counterpart."""
    uses = {name: row for name, row in ROWS.items() if counterpart in {name, row.of}}
    async with trouble(world, counterpart, kind):
        runs = {}
        for name, row in uses.items():
            task = row.task(world.peers[counterpart])
            if kind == "slow" and row.patience is not None:
                task = {**task, "timeout": {"after": row.patience}}
            runs[name] = await world.start(name, task, queue), await world.start(name, task, queue, again=True)
        outcomes = {name: await temporal.outcome(plain.handle) for name, (plain, _) in runs.items()}
        await asyncio.gather(*(again.failed() for _, again in runs.values()))
    await asyncio.gather(*(again.ended() for _, again in runs.values()))
    return {
        name: Story(outcomes[name], await again.ended(), await plain.history() + await again.history())
        for name, (plain, again) in runs.items()
    }


async def everywhere(world: World, kind: str) -> dict[str, Any]:
    """The stories of all counterparts that know a trouble, by the names of their rows; or what went wrong."""
    queue = f"trouble-{uuid.uuid4().hex[:12]}"
    names = [name for name in world.peers if kind in ROWS[name].told]
    async with world.worker(queue):
        stories = [asyncio.wait_for(told(world, name, kind, queue), 150) for name in names]
        found = await asyncio.gather(*stories, return_exceptions=True)
    return {
        name: story if isinstance(story, BaseException) else story[name]
        for name, row in ROWS.items()
        for counterpart, story in zip(names, found, strict=True)
        if counterpart in {name, row.of}
    }


@pytest.fixture(scope="module")
def stories(world: World) -> Callable[[str], dict[str, Any]]:
    """The stories of a trouble, which comes when it is first asked for."""
    return cache(lambda kind: asyncio.run(everywhere(world, kind)))


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in (*OUTAGES, "credentials") for name, row in ROWS.items() if kind in row.told]
)
def test_the_problem_is_told_and_when_the_trouble_is_over_the_run_completes(
    world: World, stories: Callable[[str], dict[str, Any]], kind: str, name: str
) -> None:
    world.needs(name)
    story = stories(kind)[name]
    if isinstance(story, BaseException):
        raise story
    assert isinstance(story.plain, Faulted)
    problem = story.plain.problem
    assert (problem.type.rpartition("/")[2], problem.status) == ROWS[name].told[kind], problem
    assert problem.instance == "/do/0/it"
    assert problem.detail
    assert "failed unexpectedly" not in problem.detail
    assert story.again == Completed(ROWS[name].output)
    assert found_in(story.history) == []
