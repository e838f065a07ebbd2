"""One container of one task, from its image to its cleanup."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing

from temporalio import activity

from activities.boundary import WorkerLeaves
from activities.containers.beginning import begun, left
from activities.containers.config import config_of, name_of
from activities.containers.ending import GRACE, dropped, goes_on_elsewhere, whatever_comes
from activities.containers.engine import Engine, Found, Input
from activities.containers.labels import Owner, labels_of
from activities.invocation import Invocation
from activities.process import given
from activities.process.output import Output, Stream
from activities.process.returned import returned
from interpreter.faults import Fault
from interpreter.idempotency import key_of
from interpreter.values import Json

_BEGUN = {"running", "paused", "restarting", "exited", "dead"}


class Container:
    """What an invocation of `run.container` asks for, as an effect of its `owner`."""

    def __init__(self, engine: Engine, invocation: Invocation, owner: Owner) -> None:
        with_ = invocation.with_
        self._engine = engine
        self._invocation = invocation
        self._stdin = given.stdin(with_.get("stdin"))
        self._fed = not self._stdin
        self._feeding: asyncio.Task[None] | None = None
        self._name = name_of(with_, key_of(invocation.key, owner.effect))
        self._awaited: bool = with_["await"]
        self._cleanup: str = with_["lifetime"]["cleanup"]
        self._output = Output.of(with_["return"], awaited=self._awaited)
        labels = labels_of(with_["lifetime"], owner, invocation.key, awaited=self._awaited)
        self._config = config_of(with_, labels, removes_itself=not self._awaited and self._cleanup == "always")

    async def perform(self) -> Json:
        """What the process gives back; null as soon as it runs and has its input, where it is not awaited."""
        self._invocation.tell(self._told)
        id = await self._taken_over() or await self._started()
        if not self._awaited:
            await self._have_fed(id)
            return None
        code = await self._ended(id)
        return returned(self._invocation.with_, code, self._output, self._invocation.redaction, "the container")

    def _told(self) -> Json:
        return {"container": self._name, "fed": self._fed, "lines": self._output.lines(self._invocation.redaction)}

    async def _taken_over(self) -> str | None:
        """The container of an earlier attempt of this effect, if it can be gone on with; one that cannot be is removed."""
        return await left(self._engine, self._name, self._config["Labels"], self._usable)

    def _usable(self, found: Found) -> bool:
        return found.status in _BEGUN and self._was_fed()

    def _was_fed(self) -> bool:
        """Whether it is known to have got all of its standard input: the connection that fed it died with its worker."""
        details = activity.info().heartbeat_details
        self._fed = self._fed or bool(details and details[0].get("fed"))
        return self._fed

    async def _started(self) -> str:
        """A new container that runs, and is being fed; where it cannot, nothing is left of it."""
        policy = self._invocation.with_["pullPolicy"]
        id, entry = await begun(self._engine, self._name, self._config, policy, self._entry)
        if entry is not None:
            self._feeding = asyncio.create_task(self._feed(entry))
        return id

    async def _entry(self, id: str) -> Input | None:
        return await self._engine.input(id) if self._stdin else None

    async def _feed(self, entry: Input) -> None:
        await entry.feed(self._stdin)
        self._fed = True

    async def _have_fed(self, id: str) -> None:
        """Wait until it has all of its input, or has ended before."""
        ended = asyncio.create_task(self._engine.wait(id))
        try:
            if self._feeding is not None:
                await asyncio.wait((self._feeding, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await dropped(ended, self._feeding)

    async def _ended(self, id: str) -> int:
        """Its exit code, when it has ended and is cleaned up. Cancelled, it is stopped; a worker that shuts down leaves it to the next one."""
        following, leaving = asyncio.create_task(self._followed(id)), asyncio.create_task(activity.wait_for_worker_shutdown())
        try:
            await asyncio.wait((following, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                raise WorkerLeaves
            code = await following
        except (asyncio.CancelledError, Fault) as error:
            if isinstance(error, Fault) or not goes_on_elsewhere():
                await whatever_comes(self._stopped(id))
            raise
        finally:
            await dropped(following, leaving, self._feeding)
        await self._cleaned_up(id)
        return code

    async def _followed(self, id: str) -> int:
        """Its exit code, and in `output` what it writes: as it comes, and once it has ended what following it has missed, as engines do."""
        seen: Counter[Stream] = Counter()
        if not await self._taken(self._engine.logs(id, follow=True), seen, Counter()):
            await self._engine.stop(id, 0)
            return await self._engine.wait(id)
        code = await self._engine.wait(id)
        await self._taken(self._engine.logs(id, follow=False), Counter(), seen)
        return code

    async def _taken(self, logs: AsyncGenerator[tuple[Stream, bytes], None], seen: Counter[Stream], known: Counter[Stream]) -> bool:
        """Take what a container has written beyond the bytes that are known, and count it; whether it may go on writing."""
        async with aclosing(logs) as pieces:
            async for stream, piece in pieces:
                new = piece[max(0, known[stream] - seen[stream]) :]
                seen[stream] += len(piece)
                if new and not self._output.take(stream, new):
                    return False
        return True

    async def _stopped(self, id: str) -> None:
        await self._engine.stop(id, GRACE)
        await self._cleaned_up(id)

    async def _cleaned_up(self, id: str) -> None:
        """As `lifetime` says; what is to be removed later, any worker removes (`sweeping.py`)."""
        if self._cleanup == "always":
            await self._engine.remove(id)
