"""Effects that may be answered from a cache. A cache that fails costs time, never a result: then the effect is performed, and the run is told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

from temporalio import activity

from activities.cache.entry import BYTES, About, Garbage, Stored, text_of, value_in
from activities.cache.key import Surroundings, key_of
from activities.cache.places import Place
from activities.cache.store import Store
from activities.granted import granted
from activities.invocation import Invocation, Perform
from activities.redact import Redaction
from interpreter.values import Json

_Answer = TypeVar("_Answer")

_log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds that a store may take over one question."""

REST = 10.0
"""Seconds for which a store that failed is not asked again."""

_SKEW = 60_000
"""Milliseconds that the clock of whoever kept a result may be ahead."""


class _Task(NamedTuple):
    """What is wanted from the cache."""

    key: str
    kind: str
    name: str
    wanted: Json


class Results:
    """Looks results up before effects are performed, and keeps them after."""

    def __init__(
        self,
        place: Place,
        store: Store | None,
        origins: Mapping[str, str],
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._store = store
        self._origins = origins
        self._patience = patience
        self._clock = clock
        self._resting = 0.0

    @classmethod
    @asynccontextmanager
    async def opened(cls, place: Place, origins: Mapping[str, str]) -> AsyncIterator[Results]:
        """With the store of a place, for as long as it is entered. Nothing is connected to before it is asked."""
        store = place.store()
        try:
            yield cls(place, store, origins)
        finally:
            if store is not None:
                await store.close()

    def around(self, kind: str, perform: Perform) -> Perform:
        """The same effect; one that wants it is answered as `{value, cached, trouble}`.

        `cached` is the instant (ms) at which the value was kept, null where the effect was performed; `trouble` says what was wrong with the
        cache, if anything.
        """

        async def through(invocation: Invocation) -> Json:
            if invocation.cache is None:
                return await perform(invocation)
            if self._store is None:
                return _answer(await perform(invocation))
            return await self._through(self._store, kind, perform, invocation)

        return through

    async def _through(self, store: Store, kind: str, perform: Perform, invocation: Invocation) -> Json:
        task = _Task(await self._key(kind, invocation), kind, invocation.task, invocation.cache)
        trouble: list[str] = []
        if not task.wanted.get("anew"):
            found = await self._asked(lambda: self._known(store, task), trouble)
            if found is not None:
                return _answer(found[1], found[0])
        value = await perform(invocation)
        text = text_of(value)
        if len(text) > BYTES:
            trouble.append(f"the result is not kept in the cache: it has {len(text)} bytes, and at most {BYTES} are kept")
        else:
            await self._asked(lambda: self._keep(store, task, text), trouble)
        return _answer(value, trouble="; ".join(dict.fromkeys(trouble)) or None)

    async def _key(self, kind: str, invocation: Invocation) -> str:
        grant = granted()
        rights = None if grant is None else grant.as_json()
        around = Surroundings(activity.info().workflow_namespace or "", rights, self._origins, invocation.carried)
        made = invocation.with_ if invocation.deferring else None
        # In a thread: where secrets are in it, this takes its time on purpose.
        return await asyncio.to_thread(key_of, invocation.cache, kind, around, invocation.secrets.known, made)

    async def _known(self, store: Store, task: _Task) -> tuple[int, Json] | None:
        """When the value was kept, and the value; None where there is none that is fresh enough for whoever asks."""
        stored = await store.get(task.key)
        if stored is None:
            return None
        about, value = value_in(stored, task.key)
        now = _now()
        fresh = about.stored <= now + _SKEW and now < min(about.expires, about.stored + task.wanted["ttl"])
        return (about.stored, value) if fresh else None

    async def _keep(self, store: Store, task: _Task, text: str) -> None:
        now, (form, *names) = _now(), task.wanted["scope"]
        about = About(
            key=task.key,
            workflow="/".join(names if form == "workflow" else [*names, "*"]),
            scope=form,
            task=task.name,
            kind=task.kind,
            stored=now,
            expires=now + task.wanted["ttl"],
            bytes=len(text),
        )
        await store.put(about, Stored(about.as_text(), text))

    async def _asked(self, question: Callable[[], Awaitable[_Answer]], trouble: list[str]) -> _Answer | None:
        """What the store says, within our patience; nothing where it fails, and why into `trouble`: that is recorded, so it names no place."""
        if self._clock() < self._resting:
            trouble.append("the result cache failed a moment ago and is not asked for now")
            return None
        try:
            async with asyncio.timeout(self._patience):
                return await question()
        except Garbage as error:
            trouble.append(f"what the result cache holds for this task is not usable: {error}")
        except Exception as error:  # noqa: BLE001  whatever a store raises, the task has nothing to do with it
            self._resting = self._clock() + REST
            why = f"no answer within {self._patience:g} s" if isinstance(error, TimeoutError) else type(error).__name__
            trouble.append(f"the result cache cannot be used ({why}; the worker's log tells more)")
            _log.error("the result cache (%s) cannot be used: %s: %s", self._place.shown, why, self._redacted(str(error)))
        return None

    def _redacted(self, text: str) -> str:
        redaction = Redaction()
        redaction.hide(self._place.hidden)
        return redaction(text)


def _answer(value: Json, cached: int | None = None, trouble: str | None = None) -> Json:
    return {"value": value, "cached": cached, "trouble": trouble}


def _now() -> int:
    return time.time_ns() // 1_000_000
