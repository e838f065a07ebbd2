"""Workers that perform the effects of `call: asyncapi`, and what a run keeps between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import yaml
from temporalio.exceptions import ApplicationError

from activities.assembly import assembled
from interpreter.effects import ASYNCAPI_END, ASYNCAPI_POLL, CALL_ASYNCAPI
from interpreter.values import encode
from tests.activities.performing import Paths, arguments, environment
from tests.settings import Settings


def described(server: dict[str, Any], address: str, *, channel: Any = None, operation: Any = None, message: Any = None) -> dict[str, Any]:
    """An AsyncAPI document of version 3 with one server, one channel and one operation, `talk`."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "servers": {"main": server},
        "channels": {"room": {"address": address, "messages": {"said": message or {}}, **(channel or {})}},
        "operations": {"talk": {"action": "send", "channel": {"$ref": "#/channels/room"}, **(operation or {})}},
    }


def _type_of(activity: Any) -> str:
    return str(activity.__temporal_activity_definition.name)


class Worker:
    """One worker; a run speaks to it by what stands in the history."""

    def __init__(self, activities: list[Any]) -> None:
        self._activities = {_type_of(one): one for one in activities}

    async def perform(self, kind: str, with_: dict[str, Any], *, key: str = "key-1", **more: Any) -> Any:
        """What the activity gives; raises what it raises."""
        return await environment(activity_type=kind).run(self._activities[kind], arguments(with_, **{"key": key, **more}))


@asynccontextmanager
async def working(settings: Settings | None = None) -> AsyncIterator[Worker]:
    """A worker, until it stops in good order."""
    async with assembled(settings or Settings(), Paths()) as activities:
        yield Worker(activities)


class Run:
    """A run with one subscription and any number of messages to publish."""

    def __init__(self, document: dict[str, Any], **with_: Any) -> None:
        self._with = {"document": {"uri": "https://example.com/a.yaml", "content": yaml.safe_dump(document)}, "operation": "talk", **with_}
        self.position: Any = None
        self.receipts: list[Any] = []
        self.key = "key-1"

    async def publish(self, worker: Worker, *payloads: Any, key: str = "", **message: Any) -> None:
        """Publish messages, one call each."""
        for at, payload in enumerate(payloads):
            await worker.perform(
                CALL_ASYNCAPI, {**self._with, "message": {"payload": payload, **message}}, key=f"{self.key}-sent{key}-{at}"
            )

    async def poll(self, worker: Worker, most: int = 100, wait: float = 5, *, recorded: bool = True) -> list[Any]:
        """The messages of one poll; unless it is `recorded` the run never hears of it."""
        poll = {"most": most, "wait": int(wait * 1000), "position": self.position, "receipts": self.receipts}
        found = await worker.perform(ASYNCAPI_POLL, {**self._with, **poll}, key=self.key)
        assert encode(found)
        if recorded:
            self.position, self.receipts = found["position"], [one["receipt"] for one in found["messages"]]
        return [one["message"] for one in found["messages"]]

    async def begin(self, worker: Worker) -> None:
        """The first poll, before there are messages."""
        assert await self.poll(worker, wait=0.2) == []

    async def gather(self, worker: Worker, count: int) -> list[Any]:
        """Poll until so many messages have come."""
        found: list[Any] = []
        while len(found) < count:
            found += await self.poll(worker, most=count - len(found), wait=10)
        return found

    async def end(self, worker: Worker, *, but: int = 0) -> None:
        """End the subscription; the last messages, as many as `but`, were never looked at."""
        receipts = self.receipts[: len(self.receipts) - but]
        await worker.perform(ASYNCAPI_END, {**self._with, "position": self.position, "receipts": receipts}, key=self.key)


def payloads(messages: list[Any]) -> list[Any]:
    return [one["payload"] for one in messages]


async def trouble(work: Any) -> dict[str, Any]:
    """The problem with which something fails."""
    try:
        value = await work
    except ApplicationError as error:
        return {**error.details[0], "type": error.details[0]["type"].rpartition("/")[2]}
    raise AssertionError(f"no failure, but {value!r}")


def run(work: Any, *, within: float = 60) -> Any:
    return asyncio.run(asyncio.wait_for(work, within))
