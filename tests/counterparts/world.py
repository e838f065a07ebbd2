"""All counterparts at once, workers that reach them, and runs of documents that need them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client

from interpreter.document.envelope import Envelope
from interpreter.document.load import define
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.counterparts.peers import Peer
from tests.counterparts.rows import ROWS, Row
from tests.counterparts.tls import AUTHORITY
from tests.killed.process import Process, worker
from tests.temporal.house import document

POLICY = 'rules: [{kinds: ["*"], hosts: ["*"], secrets: ["*"], images: ["*"], volumes: ["*"], commands: ["*"], environment: ["*"]}]'
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
_ENDS = (EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
AGAIN = {"retry": {"delay": {"milliseconds": 300}, "limit": {"attempt": {"count": 1000}}}}


@dataclass
class Run:
    """A run of a row's document."""

    client: Client
    handle: temporal.Handle
    row: Row
    peer: Any

    async def started(self) -> None:
        """Wait until a worker has taken up its call."""
        while not await self._pending(lambda one: one.state == STARTED):  # noqa: ASYNC110  the server tells of it only who asks
            await asyncio.sleep(0.05)

    async def failed(self) -> None:
        """Wait until its call has failed, or was given up."""
        while not (await self._pending(lambda one: one.attempt > 1) or await self._has(*_ENDS)):  # noqa: ASYNC110  as above
            await asyncio.sleep(0.05)

    async def ended(self) -> Any:
        """Its outcome; what it waits for is done until then."""
        ending = asyncio.create_task(temporal.outcome(self.handle))
        while self.row.feed is not None and not ending.done():
            with suppress(Exception):  # a broker listens a while before it works; whoever waits in vain says so
                await self.row.feed(self.peer)
            await asyncio.wait({ending}, timeout=0.5)
        return await ending

    async def _pending(self, wanted: Callable[[Any], bool]) -> bool:
        return any(wanted(one) for one in (await self.handle.describe()).raw_description.pending_activities)

    async def _has(self, *kinds: EventType.ValueType) -> bool:
        return any(event.event_type in kinds for event in (await self.handle.fetch_history()).events)

    async def history(self) -> bytes:
        """All that stands in its history."""
        return b"".join([event.SerializeToString() async for event in self.handle.fetch_history_events()])


class World:
    """`peers` are the counterparts that can be had here, started; `absent` says of the others why not. The right secrets are shown."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.peers: dict[str, Peer] = {}
        self.absent: dict[str, str] = {}
        self._address = address
        self._secrets = folder / "secrets"
        self._secrets.mkdir()
        self._policy = folder / "policy.yaml"
        self._policy.write_text(POLICY)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, address: str) -> Iterator[World]:
        """Until the end, where all are gone."""
        world = cls(folder, address)
        with ExitStack() as stack:
            with ThreadPoolExecutor() as threads:
                list(threads.map(lambda name: world._open(name, stack), [name for name, row in ROWS.items() if row.of is None]))
            yield world

    def _open(self, name: str, stack: ExitStack) -> None:
        row, place = ROWS[name], self.folder / name
        place.mkdir()
        assert row.serve is not None
        try:
            peer = row.serve(place)
        except pytest.skip.Exception as lack:
            self.absent[name] = str(lack)
            return
        self.peers[name] = peer
        stack.push(peer)
        peer.start()
        if row.prepare is not None:
            asyncio.run(row.prepare(peer))
        self.show(name)

    def needs(self, name: str) -> None:
        """Skip a test of what this machine cannot serve."""
        counterpart = ROWS[name].of or name
        if counterpart in self.absent:
            pytest.skip(self.absent[counterpart])

    def show(self, name: str, *, wrong: bool = False) -> None:
        """Have workers show a counterpart the right secret, or a wrong one."""
        secret = ROWS[name].secret
        if secret is not None:
            (self._secrets / name).write_text(secret[wrong] if isinstance(secret[wrong], str) else json.dumps(secret[wrong]))

    @asynccontextmanager
    async def worker(self, queue: str) -> AsyncIterator[Process]:
        """A worker that may do everything, with all secrets."""
        environment = {"SSL_CERT_FILE": str(AUTHORITY), "SWTEMPORAL_ALLOW": ""}  # a policy says what is allowed
        for name, peer in self.peers.items():
            environment |= ROWS[name].environment(peer)
        vault: Any = self.peers["vault"]
        places = [f"dir:{self._secrets}", f"vault:http://127.0.0.1:{vault.port}?token={self._secrets / 'vault'}#secret"]
        arguments = [word for place in places for word in ("--secrets", place)]
        async with worker(self._address, queue, "--policy", str(self._policy), *arguments, **environment) as process:
            yield process

    async def start(self, name: str, task: Json, queue: str, *, again: bool = False) -> Run:
        """A run of one task, `it`; `again`: it is tried until it goes well."""
        row, counterpart = ROWS[name], ROWS[name].of or name
        peer = self.peers[counterpart]
        hints = task.get("metadata", {}).get("swtemporal", {})
        task = {**task, "metadata": {"swtemporal": {"heartbeat": "PT3S", **hints}}}
        do = {"it": {"try": [{"it": task}], "catch": AGAIN}} if again else {"it": task}
        definition = define(document(do, name=name, use={"secrets": [counterpart, *row.names]}))
        envelope = Envelope(root=definition.digest, documents={definition.digest: definition.text}, resources=row.resources(peer))
        client = await temporal.connect(self._address)
        handle = await temporal.start(client, envelope, {}, id=f"{name}-{uuid.uuid4().hex[:12]}", task_queue=queue)
        return Run(client, handle, row, peer)
