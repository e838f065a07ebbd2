"""The containers a worker runs for documents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from temporalio import activity

from activities.containers.engine import Engine
from activities.containers.one import Container
from activities.containers.served import Served
from activities.containers.sweeping import sweep_for_ever
from activities.http.client import Http
from activities.invocation import Invocation
from interpreter.values import Json


class Containers:
    """Runs containers on the worker's engine, which is asked for when it is first needed, and kept."""

    def __init__(self, opening: Callable[[], Engine], http: Http) -> None:
        self._opening = opening
        self._http = http
        self._engine: Engine | None = None

    @classmethod
    @asynccontextmanager
    async def opened(cls, opening: Callable[[], Engine], at_hand: Callable[[], bool]) -> AsyncIterator[Containers]:
        """For as long as a worker runs; as soon as an engine is `at_hand`, containers whose time has come are removed from it."""
        async with Http.direct() as http:
            containers = cls(opening, http)
            sweeping = asyncio.create_task(sweep_for_ever(lambda: containers._open() if at_hand() else None))
            try:
                yield containers
            finally:
                sweeping.cancel()
                await asyncio.gather(sweeping, return_exceptions=True)
                if containers._engine is not None:
                    await containers._engine.close()

    async def perform(self, invocation: Invocation) -> Json:
        """Run the container that the invocation's `with` describes; see `activities.run_container`."""
        return await Container(self._open(), invocation, _effect()).perform()

    async def ask(self, invocation: Invocation) -> Json:
        """Run the container that the invocation's `with` describes, and ask it once; see `activities.call_http_container`."""
        return await Served(self._open(), self._http, invocation, _effect()).perform()

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = self._opening()
        return self._engine


def _effect() -> str:
    """The effect that is being performed, among those of all runs."""
    info = activity.info()
    return f"{info.workflow_run_id}/{info.activity_id}"
