"""The examples through the door that a user takes: the command `swtemporal run`, typed here, with the worker that it brings."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.secrets.environment import variable
from cli.main import invoke
from interpreter.effects import ASYNCAPI_POLL
from interpreter.temporal import client as temporal
from interpreter.values import Json, encode
from tests.counterparts import Counterpart
from tests.examples.example import HERE, Example
from tests.examples.standins import NEEDS, Place, aside, scripted

PATIENCE = 60.0
"""Seconds that a course may take before it counts as hanging."""
TICK = 0.02


@dataclass(frozen=True)
class Ended:
    """How the command ended, and what the outside world saw."""

    code: int
    out: str
    told: str
    counterpart: Counterpart

    @property
    def output(self) -> Json:
        """The run's output."""
        assert self.code == 0, (self.code, self.told)
        return json.loads(self.out)

    @property
    def problem(self) -> Json:
        """The error of a faulted run, as the command prints it."""
        assert self.code == 4, (self.code, self.out, self.told)
        return json.loads(self.told[self.told.index("\n{\n") :])


class Door:
    """Types commands for one test, on a server."""

    def __init__(self, address: str, folder: Path, histories: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._address = address
        self._folder = folder
        self._histories = histories
        self._patch = patch
        self._capture = capture

    def run(self, example: Example) -> Ended:
        """An example to its end; who sends events or cancels does so meanwhile."""
        id = f"example-{uuid4().hex}"
        with ExitStack() as around:
            counterpart = around.enter_context(Counterpart())
            place = Place(self._folder, self._patch, counterpart)
            standing = [around.enter_context(NEEDS[name](place, told)) for name, told in example.needs.items()]
            words = {word: meaning for one in standing for word, meaning in one.words.items()}
            origins = scripted(counterpart, example.http, words)
            for one in standing:
                origins.update(one.origins)
            around.enter_context(self._meanwhile(id, example, counterpart))
            options = [option for one in standing for option in one.options]
            options += [part for source, target in origins.items() for part in ("--map-origin", f"{source}={target}")]
            code = self._typed(id, example, counterpart, options)
        out, told = self._capture.readouterr()
        asyncio.run(self._keep(id))
        return Ended(code, out, told, counterpart)

    def _typed(self, id: str, example: Example, counterpart: Counterpart, options: Sequence[str]) -> int:
        """`swtemporal run`: of the document itself, or from stdin, so that what it names beside itself is looked for in our folder."""
        self._patch.chdir(self._folder)
        for name, secret in example.secrets.items():
            self._patch.setenv(variable(name), secret if isinstance(secret, str) else encode(secret))
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((example.typed or "").encode())))
        command = ["run", "-" if example.typed else str(example.path), "--id", id, "--address", self._address, "-o", "json"]
        command += ["--timeout", f"{PATIENCE:g}", "--event-sink", f"{counterpart.origin}/events", *options]
        command += [part for name in example.others for part in ("--with", str(HERE / name))]
        command += ["-i", encode(example.input["input"])] if "input" in example.input else []
        return invoke(command)

    @contextmanager
    def _meanwhile(self, id: str, example: Example, counterpart: Counterpart) -> Iterator[None]:
        """Send the events once the run is there, and cancel it when enough is seen; that ends with the command at the latest."""
        with aside() as loop:
            acting = asyncio.run_coroutine_threadsafe(self._act(id, example, counterpart), loop)
            yield
        if not acting.cancelled():
            acting.result()

    async def _act(self, id: str, example: Example, counterpart: Counterpart) -> None:
        client = await temporal.connect(self._address)
        handle = temporal.handle(client, id)
        await _until(lambda: _is_there(handle))
        for event in example.events:
            await temporal.signal_event(handle, {"specversion": "1.0", "id": uuid4().hex, "source": "https://example.com/", **event})
        for what, count in example.until.items():
            await _SEEN[what](client, id, counterpart, count)
        if example.until:
            await temporal.cancel(handle)

    async def _keep(self, id: str) -> None:
        """The history of a run and of what it runs, as `replay_elsewhere` reads it."""
        client = await temporal.connect(self._address)
        history = await client.get_workflow_handle(id).fetch_history()
        (self._histories / f"{history.run_id}.json").write_text(json.dumps({"id": id, "history": history.to_json_dict()}))
        for event in history.events:
            if event.HasField("child_workflow_execution_started_event_attributes"):
                await self._keep(event.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id)


async def _is_there(handle: temporal.Handle) -> bool:
    try:
        await handle.describe()
    except RPCError:
        return False
    return True


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    """What another process does is seen by looking again and again; whoever calls has the patience."""
    while not await holds():  # noqa: ASYNC110  - nobody tells of it
        await asyncio.sleep(TICK)


async def _emitted(_: Client, __: str, counterpart: Counterpart, count: int) -> None:
    async def enough() -> bool:
        return len(counterpart.events) >= count

    await _until(enough)


async def _asked(_: Client, __: str, counterpart: Counterpart, count: int) -> None:
    async def enough() -> bool:
        return len(counterpart.received) >= count

    await _until(enough)


async def _consumed(client: Client, id: str, _: Counterpart, count: int) -> None:
    """So many messages stand in the history, and more of them are waited for."""
    found, polls = 0, set()
    async for event in temporal.events(client, id, follow=True):
        scheduled, completed = event.activity_task_scheduled_event_attributes, event.activity_task_completed_event_attributes
        if scheduled.activity_type.name == ASYNCAPI_POLL:
            if found >= count:
                return
            polls.add(event.event_id)
        elif completed.scheduled_event_id in polls:
            (brought,) = await client.data_converter.decode(completed.result.payloads)
            found += len(brought["messages"])


_SEEN = {"emitted": _emitted, "asked": _asked, "consumed": _consumed}
