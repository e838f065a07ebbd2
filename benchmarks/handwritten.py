"""The same as `documents`, as an able Python programmer writes it for Temporal by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    import httpx

    from interpreter.values import Json

TIMEOUT = timedelta(seconds=60)
RETRY = RetryPolicy(maximum_attempts=5)

Get = Callable[[str], Coroutine[Any, Any, Json]]


@workflow.defn
class Empty:
    """Nothing."""

    @workflow.run
    async def run(self, input: Json) -> Json:
        """The input."""
        return input


@workflow.defn
class Sets:
    """Ten objects, each made from the one before."""

    @workflow.run
    async def run(self, input: Json) -> Json:
        """The last one."""
        for _ in range(10):
            input = {"n": input["n"], "step": 1}
        return input


@workflow.defn
class SetsSum:
    """The same, with a sum in each."""

    @workflow.run
    async def run(self, input: Json) -> Json:
        """The last one."""
        for _ in range(10):
            input = {"n": input["n"] + 1, "step": 1}
        return input


@workflow.defn
class Loop:
    """An object for each item."""

    @workflow.run
    async def run(self, input: Json) -> Json:
        """The last one."""
        output = input
        for item in input["items"]:
            output = {"last": item}
        return output


@workflow.defn
class LoopSum:
    """The sum of the items."""

    @workflow.run
    async def run(self, input: Json) -> Json:
        """The last object, with the sum."""
        output = input
        for item in input["items"]:
            output = {"sum": output.get("sum", 0) + item}
        return output


@workflow.defn
class Gets:
    """Five calls, one after the other."""

    @workflow.run
    async def run(self, url: str) -> Json:
        """The last answer."""
        return await _in_turn(_get, url)


@workflow.defn
class GetsLocal:
    """The same, as local activities."""

    @workflow.run
    async def run(self, url: str) -> Json:
        """The last answer."""
        return await _in_turn(_get_locally, url)


@workflow.defn
class Fork:
    """Ten calls at once."""

    @workflow.run
    async def run(self, url: str) -> Json:
        """The answers."""
        return await asyncio.gather(*(_get(url) for _ in range(10)))


@workflow.defn
class ForkLocal:
    """The same, as local activities."""

    @workflow.run
    async def run(self, url: str) -> Json:
        """The answers."""
        return await asyncio.gather(*(_get_locally(url) for _ in range(10)))


@workflow.defn
class CallsAndSets:
    """500 calls, each followed by an object made of its answer."""

    @workflow.run
    async def run(self, url: str) -> Json:
        """The last object."""
        output: Json = None
        for _ in range(500):
            output = {"name": (await _get(url))["name"]}
        return output


@workflow.defn
class Listen:
    """Waits for one signal."""

    def __init__(self) -> None:
        self._heard: Json = None

    @workflow.run
    async def run(self, _: Json) -> Json:
        """What it brought."""
        await workflow.wait_condition(lambda: self._heard is not None)
        return [self._heard]

    @workflow.signal
    def event(self, event: Json) -> None:
        """The signal."""
        self._heard = event["data"]


async def _in_turn(get: Get, url: str) -> Json:
    output: Json = None
    for _ in range(5):
        output = await get(url)
    return output


async def _get(url: str) -> Json:
    return await workflow.execute_activity("get", url, start_to_close_timeout=TIMEOUT, retry_policy=RETRY)


async def _get_locally(url: str) -> Json:
    return await workflow.execute_local_activity("get", url, start_to_close_timeout=TIMEOUT, retry_policy=RETRY)


WORKFLOWS = [Empty, Sets, SetsSum, Loop, LoopSum, Gets, GetsLocal, Fork, ForkLocal, CallsAndSets, Listen]


@asynccontextmanager
async def activities() -> AsyncIterator[list[Callable[..., Any]]]:
    """The one activity, with a client as the interpreter's activities use it."""
    async with httpx.AsyncClient(
        headers={"Accept-Encoding": "gzip"},
        verify=httpx.create_ssl_context(),
        timeout=30,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        follow_redirects=False,
    ) as client:

        @activity.defn
        async def get(url: str) -> Json:
            return (await client.get(url)).raise_for_status().json()

        yield [get]
