"""Every counterpart in the middle of a call: the worker is killed and another one goes on, or the run is cancelled.

A call is held there by a gate, where its counterpart has one, else by the counterpart itself, which is paused.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from interpreter.effects import Completed
from interpreter.idempotency import key_of
from interpreter.temporal import client as temporal
from tests.counterparts import dockerd, peers
from tests.counterparts.gate import Gate
from tests.counterparts.lines import LINES, keys
from tests.counterparts.rows import ROWS
from tests.counterparts.world import Run, World

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(300)]

PUBLISHED = {"nats": "jetstream", "redis": "redis-stream", "rabbitmq": "amqp-queue", "kafka": "kafka"}
"""The lines of publishing rows whose brokers keep what comes."""

HELD = "held"
"""What a call gives whose gate was opened, in any letters."""


@dataclass
class Held:
    """A run in the middle of a call."""

    run: Run
    gate: Gate | None

    async def begun(self) -> None:
        """Wait until its call was taken up."""
        await (self.run.started() if self.gate is None else until(partial(self.gate.told, "begun")))


async def until(holds: Callable[[], Any]) -> None:
    """Wait until something holds outside."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110  what is outside tells of itself only who asks
            await asyncio.sleep(0.05)


class Middle:
    """Runs that need each counterpart, all in the middle of a call."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self.world = world
        self.queue = f"middle-{uuid.uuid4().hex[:12]}"
        self.held: dict[str, Held] = {}
        self._stack = stack
        self._gates = world.folder / self.queue
        self._gates.mkdir()

    async def begin(self) -> None:
        """Start the runs, and wait until they are there."""
        for name, row in ROWS.items():
            peer = self.world.peers.get(row.of or name)
            if peer is None:
                continue
            gate = Gate(self._gates / name) if row.held is not None else None
            if gate is None and row.of is None:
                await asyncio.to_thread(self._stack.enter_context, peers.slow(peer))
            task = row.task(peer) if row.held is None or gate is None else row.held(peer, gate)
            self.held[name] = Held(await self.world.start(name, task, self.queue), gate)
        await asyncio.gather(*(one.begun() for one in self.held.values()))

    def go_on(self) -> None:
        """Let all calls end."""
        for one in self.held.values():
            if one.gate is not None:
                one.gate.open()
        self._stack.close()


async def killed(world: World) -> Mapping[str, Any]:
    """How runs end whose worker is killed in the middle of their calls, by the names of their rows; what went wrong, where something did."""
    with ExitStack() as stack:
        middle = Middle(world, stack)
        async with world.worker(middle.queue) as first:
            await middle.begin()
            await first.kill()
        middle.go_on()
        async with world.worker(middle.queue):
            ended = [asyncio.wait_for(one.run.ended(), 120) for one in middle.held.values()]
            outcomes = await asyncio.gather(*ended, return_exceptions=True)
    return {name: (one, outcome) for (name, one), outcome in zip(middle.held.items(), outcomes, strict=True)}


async def cancelled(world: World) -> Mapping[str, Any]:
    """How runs end that are cancelled in the middle of their calls, and whether their counterparts see it before these can go on."""
    with ExitStack() as stack:
        middle = Middle(world, stack)
        async with world.worker(middle.queue):
            await middle.begin()
            for one in middle.held.values():
                await one.run.handle.cancel()
            ended = [asyncio.wait_for(ending(name, one), 60) for name, one in middle.held.items()]
            outcomes = await asyncio.gather(*ended, return_exceptions=True)
        middle.go_on()
    return dict(zip(middle.held, outcomes, strict=True))


async def ending(name: str, one: Held) -> Any:
    """The outcome of a cancelled run, as soon as its counterpart is rid of it."""
    outcome = await temporal.outcome(one.run.handle)
    await until(lambda: seen(name, one))
    return outcome


def seen(name: str, one: Held) -> bool:
    """Whether a counterpart has seen that its call is over; who is paused sees nothing, but nobody is connected to it any more."""
    peer = one.run.peer
    if isinstance(peer, dockerd.Daemon):
        return dockerd.client(peer.address, "ps", "--quiet") == ""
    if one.gate is None:
        return not connected(peer.port)
    if isinstance(peer, peers.Program):
        return not any(map(alive, processes(one.gate)))
    return name in DEAF or len(one.gate.told("cancelled")) == 1


DEAF = {"a2a"}
"""An agent's task outlives the connection of who has sent its message (`tasks/resubscribe`); only who says so ends it (`tasks/cancel`)."""


def processes(gate: Gate) -> list[int]:
    """The processes that came to a gate, where they tell."""
    return [int(key.split()[-1]) for key in gate.told("begun")]


def alive(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def connected(port: int) -> bool:
    """Whether a connection to a port of this machine is open at its other end (https://docs.kernel.org/networking/proc_net_tcp.html)."""
    established = "01"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(state == established and int(remote.partition(":")[2], 16) == port for _, _, remote, state, *_ in lines)


@pytest.fixture(scope="module")
def after_kill(world: World) -> Mapping[str, Any]:
    return asyncio.run(killed(world))


@pytest.fixture(scope="module")
def after_cancel(world: World) -> Mapping[str, Any]:
    return asyncio.run(cancelled(world))


@pytest.mark.parametrize("name", ROWS)
def test_a_call_whose_worker_is_killed_is_made_by_the_next_one(world: World, after_kill: Mapping[str, Any], name: str) -> None:
    world.needs(name)
    one, outcome = after_kill[name]
    if isinstance(outcome, BaseException):
        raise outcome
    if one.gate is None:
        assert outcome == Completed(ROWS[name].output)
        return
    assert isinstance(outcome, Completed), outcome
    assert outcome.output.strip().lower() == HELD
    begun = [key.split()[0] for key in one.gate.told("begun")]
    if isinstance(one.run.peer, dockerd.Daemon):
        assert len(begun) == 1  # the container is found again
    else:
        assert begun == [begun[0]] * 2  # by the key, whoever is called knows the repetition
    if isinstance(one.run.peer, peers.Program):
        assert not any(map(alive, processes(one.gate)))


@pytest.mark.parametrize("name", ROWS)
def test_a_cancelled_call_ends_and_its_counterpart_is_rid_of_it(world: World, after_cancel: Mapping[str, Any], name: str) -> None:
    world.needs(name)
    outcome = after_cancel[name]
    if isinstance(outcome, BaseException):
        raise outcome
    assert outcome == temporal.Stopped("cancelled", "")


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_repeated_publication_is_known_by_its_key(world: World, after_kill: Mapping[str, Any], name: str) -> None:
    world.needs(name)
    one, _ = after_kill[name]
    found = asyncio.run(keys(LINES[PUBLISHED[name]], one.run.peer.port))
    run_id = one.run.handle.first_execution_run_id
    assert key_of(run_id, "/do/0/it") in found
    if name == "nats":
        assert len(found) == len(set(found))  # JetStream drops the repetition
