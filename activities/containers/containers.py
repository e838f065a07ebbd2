"""The containers a worker runs for documents."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from temporalio import activity
from temporalio.service import RPCError

from activities.containers.engine import Engine
from activities.containers.labels import Owner
from activities.containers.one import Container
from activities.containers.runs import Runs
from activities.containers.served import Served
from activities.containers.sweeping import sweep_for_ever
from activities.http.client import Http
from activities.invocation import Invocation
from interpreter.values import Json

_log = logging.getLogger(__name__)


class Containers:
    """Runs containers on the worker's engine, which is asked for when it is first needed, and kept."""

    def __init__(self, opening: Callable[[], Engine], http: Http, runs: Runs | None) -> None:
        self._opening = opening
        self._http = http
        self._runs = runs
        self._engine: Engine | None = None

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, opening: Callable[[], Engine], at_hand: Callable[[], bool], runs: Runs | None = None
    ) -> AsyncIterator[Containers]:
        """For as long as a worker runs; as soon as an engine is `at_hand`, containers that nobody needs are removed from it (`sweeping`).

        Without `runs` containers are not known to belong to any, and outlive theirs if their worker is lost.
        """
        async with Http.direct() as http:
            containers = cls(opening, http, runs)
            sweeping = asyncio.create_task(sweep_for_ever(lambda: containers._open() if at_hand() else None, runs))
            try:
                yield containers
            finally:
                sweeping.cancel()
                await asyncio.gather(sweeping, return_exceptions=True)
                if containers._engine is not None:
                    await containers._engine.close()

    async def perform(self, invocation: Invocation) -> Json:
        """Run the container that the invocation's `with` describes; see `activities.run_container`."""
        return await Container(self._open(), invocation, await self._owner()).perform()

    async def ask(self, invocation: Invocation) -> Json:
        """Run the container that the invocation's `with` describes, and ask it once; see `activities.call_http_container`."""
        return await Served(self._open(), self._http, invocation, await self._owner()).perform()

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = self._opening()
        return self._engine

    async def _owner(self) -> Owner:
        """The effect that is being performed."""
        info = activity.info()
        return Owner(
            namespace=await self._namespace(), workflow=str(info.workflow_id), run=str(info.workflow_run_id), activity=info.activity_id
        )

    async def _namespace(self) -> str | None:
        try:
            return None if self._runs is None else await self._runs.namespace()
        except RPCError as error:
            _log.warning(
                "the server does not tell which namespace this is, so a container that outlives its run will not be found: %s", error
            )
            return None
