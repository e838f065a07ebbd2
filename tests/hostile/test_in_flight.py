"""What many calls at a time, and one large answer, cost a worker: a process of its own, so that nothing else is measured."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from temporalio.client import Client

from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.temporal.options import HEARTBEAT
from interpreter.values import Json
from tests.killed.process import Process, worker
from tests.temporal.house import document, enveloped

pytestmark = [pytest.mark.anyio, pytest.mark.server, pytest.mark.chaos, pytest.mark.timeout(300)]

CALLS = 200
MEGABYTE = 1_000_000
HEARTBEATS_MISSED = HEARTBEAT.total_seconds() + 5
"""Seconds of holding a call after which a worker that gives no sign of life is known to be lost."""


class Peer:
    """Answers nobody before it is told to, at `/`; at `/large` with 100 MB, at once."""

    def __init__(self) -> None:
        self.uri = ""
        self.asked = 0
        self.crowded = asyncio.Event()
        self.open = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]:
                await (self._large(writer) if b"/large" in line else self._small(writer))
        writer.close()

    async def _small(self, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        if self.asked == CALLS:
            self.crowded.set()
        await self.open.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async def _large(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % (100 * MEGABYTE))
        for _ in range(1000):
            writer.write(bytes(100_000))
            await writer.drain()


@asynccontextmanager
async def serving() -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.answer, "127.0.0.1", 0, backlog=CALLS)
    peer.uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        peer.open.set()
        server.close()


def memory(process: Process, which: str = "VmRSS") -> int:
    """Bytes that a process has in memory now (`VmRSS`), or at most had (`VmHWM`)."""
    lines = Path(f"/proc/{process.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{which}:"))


def get(uri: str) -> Json:
    return {"call": "http", "with": {"method": "get", "endpoint": uri}}


def fork(uri: str, width: int) -> Json:
    return document({"all": {"fork": {"branches": [{f"b{at}": {**get(uri), "timeout": {"after": "PT5M"}}} for at in range(width)]}}})


async def started(client: Client, queue: str, root: Json) -> temporal.Handle:
    return await temporal.start(client, enveloped(root), {}, id=f"hostile-{uuid.uuid4().hex[:12]}", task_queue=queue)


async def held(run: temporal.Handle) -> float:
    """For how many seconds all of a run's calls have been shown to be alive."""
    pending = (await run.describe()).raw_description.pending_activities
    assert len(pending) == CALLS
    assert {one.attempt for one in pending} == {1}
    return min(one.last_heartbeat_time.seconds - one.last_started_time.seconds for one in pending)


async def test_a_worker_holds_200_calls_with_flat_memory_and_no_missed_heartbeat(temporal_server: str):
    client, queue = await temporal.connect(temporal_server), f"hostile-{uuid.uuid4().hex[:12]}"
    async with serving() as peer, worker(temporal_server, queue) as process:
        peer.open.set()
        await temporal.outcome(await started(client, queue, fork(peer.uri, 20)))  # what a worker loads once is loaded
        peer.open.clear()
        peer.asked, idle = 0, memory(process)
        run = await started(client, queue, fork(peer.uri, CALLS))
        await peer.crowded.wait()
        crowded = memory(process)
        while await held(run) < HEARTBEATS_MISSED:  # noqa: ASYNC110  a server tells of signs of life only when asked
            await asyncio.sleep(1)
        later = memory(process)
        peer.open.set()
        outcome = await temporal.outcome(run)

    assert outcome == Completed([{}] * CALLS)
    events = (await run.fetch_history()).events
    begun = [event.activity_task_started_event_attributes for event in events if event.HasField("activity_task_started_event_attributes")]
    assert [one.attempt for one in begun] == [1] * CALLS
    assert not any(event.HasField("activity_task_timed_out_event_attributes") for event in events)
    assert (crowded - idle) / CALLS < MEGABYTE / 4
    assert later - crowded < 10 * MEGABYTE


async def test_an_answer_of_100_mb_is_refused_without_its_memory_being_taken(temporal_server: str):
    client, queue = await temporal.connect(temporal_server), f"hostile-{uuid.uuid4().hex[:12]}"
    async with serving() as peer, worker(temporal_server, queue) as process:
        peer.open.set()
        await temporal.outcome(await started(client, queue, fork(peer.uri, 20)))
        before = memory(process, "VmHWM")
        outcome = await temporal.outcome(await started(client, queue, document({"c": get(f"{peer.uri}/large")})))
        taken = memory(process, "VmHWM") - before

    assert isinstance(outcome, Faulted)
    assert "larger than" in str(outcome.problem.detail)
    assert taken < 40 * MEGABYTE
