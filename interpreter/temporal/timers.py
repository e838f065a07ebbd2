"""Timers for the instants a run waits for: one for each of the next alarms, keyed by reference and instant, named for the timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from heapq import nsmallest
from typing import TypeAlias

from temporalio import workflow

from interpreter.effects import Alarm
from interpreter.temporal.summary import shortened

_Key: TypeAlias = tuple[str, int]

ARMED = 200
"""Timers at once, for the earliest alarms: a server was seen to refuse for ever a workflow task that starts 5,000. Each ring leads to the next ones."""


class Timers:
    """The armed alarms; `wake` is called whenever one of them rings."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._armed: dict[_Key, asyncio.Task[None]] = {}
        self.rung = 0
        """The latest instant for which a timer has rung: it has come, whatever the clock says."""

    def arm(self, alarms: Iterable[Alarm], now: int) -> None:
        """Cancel the timers that nobody waits for any more, and start those that are missing."""
        wanted = {(alarm.reference, alarm.at): alarm for alarm in nsmallest(ARMED, alarms, key=lambda alarm: alarm.at)}
        for key in [key for key in self._armed if key not in wanted]:
            self._armed.pop(key).cancel()
        for key, alarm in wanted.items():
            if key not in self._armed:
                self._armed[key] = asyncio.create_task(self._ring(key, max(1, alarm.at - now), alarm.summary))

    async def _ring(self, key: _Key, milliseconds: int, summary: str) -> None:
        await workflow.sleep(milliseconds / 1000, summary=shortened(summary))
        # The clock is that of the workflow task in progress; a timer that rings in a query's activation meets the one of the task before.
        del self._armed[key]
        self.rung = max(self.rung, key[1])
        self._wake()
