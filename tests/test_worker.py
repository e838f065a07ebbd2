"""`worker.py` as a process: killed, drained, told apart from its queue's others."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from tests.server import temporal_server  # noqa: F401  a fixture
from tests.temporal.house import document, enveloped

pytestmark = [pytest.mark.anyio, pytest.mark.server]

WORKER = Path(__file__).parent.parent / "worker.py"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Stub:
    """An HTTP server that answers a request when it is let; `keys` are the idempotency keys of what arrived."""

    port: int = 0
    keys: list[str] = field(default_factory=list)
    arrived: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.keys += [line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("idempotency-key")]
        self.arrived.release()
        await self.answer.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n4711")
        writer.close()


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    found = Stub()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    found.answer.set()
    server.close()


@asynccontextmanager
async def process(address: str, queue: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [
        sys.executable,
        str(WORKER),
        "--address",
        address,
        "--task-queue",
        queue,
        "--map-origin",
        "http://far.example=http://127.0.0.1:{port}",
    ]
    command[-1] = command[-1].format(port=environment.pop("port"))
    started = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "SWTEMPORAL_ALLOW": "127.0.0.1 localhost", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def begin(address: str, queue: str) -> temporal.Handle:
    call = {
        "fetch": {
            "call": "http",
            "with": {"method": "get", "endpoint": "http://far.example/x"},
            "metadata": {"swtemporal": {"heartbeat": 1000}},
        }
    }
    client = await temporal.connect(address)
    return await temporal.start(client, enveloped(document(call)), None, id=queue, task_queue=queue)


async def test_a_killed_worker_is_followed_by_another_with_the_same_key(temporal_server: str, stub: Stub):  # noqa: F811
    queue = f"test-{uuid.uuid4().hex[:8]}"
    async with process(temporal_server, queue, port=str(stub.port)) as first:
        handle = await begin(temporal_server, queue)
        await stub.arrived.acquire()
        first.kill()
        await first.wait()

    async with process(temporal_server, queue, port=str(stub.port)):
        await stub.arrived.acquire()
        stub.answer.set()
        assert await temporal.outcome(handle) == Completed(4711)

    assert len(stub.keys) == 2
    assert stub.keys[0] == stub.keys[1]


async def test_a_worker_that_is_told_to_stop_finishes_its_call(temporal_server: str, stub: Stub):  # noqa: F811
    queue = f"test-{uuid.uuid4().hex[:8]}"
    async with process(temporal_server, queue, port=str(stub.port)) as worker:
        handle = await begin(temporal_server, queue)
        await stub.arrived.acquire()
        worker.send_signal(signal.SIGTERM)
        assert worker.stderr is not None
        stub.answer.set()
        assert await asyncio.wait_for(worker.wait(), 30) == 0

    history = [event async for event in temporal.events(await temporal.connect(temporal_server), handle.id)]
    assert any(event.HasField("activity_task_completed_event_attributes") for event in history)
    assert len(stub.keys) == 1


async def test_spans_where_the_environment_asks_for_them(temporal_server: str, stub: Stub):  # noqa: F811
    queue = f"test-{uuid.uuid4().hex[:8]}"
    stub.answer.set()
    async with process(temporal_server, queue, port=str(stub.port), OTEL_TRACES_EXPORTER="console") as worker:
        handle = await begin(temporal_server, queue)
        assert await temporal.outcome(handle) == Completed(4711)
        worker.send_signal(signal.SIGTERM)
        out, _ = await worker.communicate()

    assert '"name": "RunActivity:call.http"' in out.decode()


async def test_a_server_that_does_not_answer_is_told_in_one_line():
    async with process("127.0.0.1:1", "nobody", port="1", TEMPORAL_ADDRESS="127.0.0.1:2") as worker:
        _, err = await worker.communicate()

    assert worker.returncode == 1
    assert err.decode().startswith("worker.py: ")
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SWTEMPORAL_CACHE", "nowhere", "a place of results is"),
        ("SWTEMPORAL_SECRETS", "nowhere", "nowhere"),
        ("SWTEMPORAL_POLICY", "missing.yaml", "missing.yaml"),
    ],
)
async def test_a_wrong_argument_is_told_before_a_server_is_asked(variable: str, value: str, says: str):
    async with process("127.0.0.1:1", "nobody", port="1", **{"SWTEMPORAL_ALLOW": "", variable: value}) as worker:
        _, err = await worker.communicate()

    assert worker.returncode == 1
    assert says in err.decode()
    assert "connect" not in err.decode()
