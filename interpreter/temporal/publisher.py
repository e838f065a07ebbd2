"""Lifecycle events on their way out: collected for a second, sent by one activity at a time, never one activity each.

Off unless the envelope's option says otherwise. What cannot be delivered after some tries is dropped: who watches a run does not hold it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from interpreter.effects import LIFECYCLE, Notice
from interpreter.lifecycle_events import OPTION, Chronicle
from interpreter.values import Json, size

WINDOW = timedelta(seconds=1)
BATCH = 500
BATCH_BYTES = 500_000
CROWDED = 1_000
"""Events that may wait; with more, the run does not go on before some are sent."""

WITHIN = timedelta(seconds=30)
ATTEMPTS = 4


class Publisher:
    """The events of one run of a chain, and those that the run before left; `wake` is called when all have been sent."""

    def __init__(self, chronicle: Chronicle, options: Mapping[str, Json], left: list[Json], wake: Callable[[], None]) -> None:
        self._chronicle = chronicle
        self._on = options.get(OPTION) is True
        self._wake = wake
        self._number = 0
        self._waiting = left
        self._hurried = False
        self._sending: asyncio.Task[None] | None = None
        self._outside = False
        self._bug: BaseException | None = None
        self._begin()

    def add(self, notices: Iterable[Notice]) -> None:
        """Tell what happened in a pass."""
        if self._on:
            for notice in notices:
                self._number += 1
                self._waiting.extend(self._chronicle.of(notice, self._number))
            self._begin()

    def happened(self, kind: str, at: int, tasks: Callable[[], Sequence[str]]) -> None:
        """Tell what happened to the run, and to the tasks in progress (their references): `suspended`, `resumed`, `cancelled`."""
        if self._on:
            self._number += 1
            self._waiting.extend(self._chronicle.happened(kind, at, self._number, tasks()))
            self._begin()

    @property
    def waiting(self) -> list[Json]:
        """What has not been sent yet, for the run that continues this one."""
        return self._waiting

    @property
    def sending(self) -> bool:
        """Whether events are on their way, so that this run has to wait for them."""
        return self._outside

    @property
    def crowded(self) -> bool:
        """Whether the run should wait."""
        return len(self._waiting) > CROWDED

    async def finish(self) -> None:
        """Send what is left, at once."""
        self._hurried = True
        await workflow.wait_condition(lambda: self._sending is None)
        self._hurried = False
        if self._bug is not None:
            raise self._bug

    def _begin(self) -> None:
        if self._waiting and self._sending is None:
            self._sending = asyncio.create_task(self._send())
            self._sending.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending = None
        if not task.cancelled() and task.exception() is not None:
            self._bug = task.exception()
        else:
            self._begin()  # what was told between the end of the task and this call would else wait for the next to be told

    async def _send(self) -> None:
        while self._waiting:
            with contextlib.suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._hurried or len(self._waiting) >= BATCH, timeout=WINDOW)
            batch = self._batch()
            self._outside = True
            try:
                await workflow.execute_activity(
                    LIFECYCLE,
                    {"events": batch},
                    schedule_to_close_timeout=WITHIN,
                    retry_policy=RetryPolicy(maximum_attempts=ATTEMPTS),
                    summary=f"{len(batch)} lifecycle events",
                )
            except ActivityError as error:
                workflow.logger.warning("%d lifecycle events were not delivered: %s", len(batch), error.cause)
            finally:
                self._outside = False
                self._wake()

    def _batch(self) -> list[Json]:
        """The next events, few enough for one activity."""
        count = held = 0
        for event in self._waiting[:BATCH]:
            held += size(event)
            if count and held > BATCH_BYTES:
                break
            count += 1
        batch = self._waiting[:count]
        del self._waiting[:count]
        return batch
