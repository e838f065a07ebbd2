"""One run of a chain, from its first pass to its outcome or its continuation.

After each wake-up the engine goes as far as it can, and what it then wants is reconciled with what runs. Between a pass and
what follows from it there is no await, so a capture holds exactly what the pass left. No language logic stands here.
"""

from __future__ import annotations

import logging

from temporalio import workflow

from interpreter.effects import Alarm, Completed, Faulted, Notice, Pass
from interpreter.engine import advance
from interpreter.lifecycle_events import Chronicle
from interpreter.live import live
from interpreter.state import capture, receive
from interpreter.temporal.children import Children
from interpreter.temporal.continuation import Thresholds
from interpreter.temporal.details import Progress, render
from interpreter.temporal.flight import Flight
from interpreter.temporal.names import LOGGER
from interpreter.temporal.opening import Opening
from interpreter.temporal.publisher import Publisher
from interpreter.temporal.status import status_of
from interpreter.temporal.timers import Timers
from interpreter.temporal.trace import Trace
from interpreter.values import Json, size

ARGUMENTS_BYTES = 2 * 1024 * 1024 - 4_096
"""What the server takes as arguments of a run, less a margin for their metadata; it terminates a run that continues with more."""

CATCH_UP = 50
"""Instants that one activation catches up with after an outage, before it yields."""


def now() -> int:
    """The run's clock in milliseconds."""
    return workflow.time_ns() // 1_000_000


_LOGGER = workflow.LoggerAdapter(logging.getLogger(LOGGER), None)
_LOGGER.workflow_info_on_message = False


def _log(notices: list[Notice]) -> None:
    """What the function `log` tells, in the worker's log; a replay tells nothing again."""
    for notice in notices:
        if notice.kind == "logged":
            level = logging.getLevelNamesMapping()[notice.data["level"].upper()]
            _LOGGER.log(level, "%s: %s", workflow.info().workflow_id, notice.data["message"], extra={"task_reference": notice.reference})


class Interpretation:
    """A document being run; everything that signals and queries touch is synchronous."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._definition = opening.definition
        self._state = opening.state
        self._state["run"]["number"] = self._state["run"].get("number", 0) + 1
        self._thresholds = Thresholds.of(opening.envelope.options)
        children = Children(self._state, opening.envelope)
        self._flight = Flight(self._state, children, opening.envelope.identity(), opening.envelope.limits, self._wake)
        self._timers = Timers(self._wake)
        self._trace = Trace()
        run = self._state["run"]
        chronicle = Chronicle(self._definition.document.document, run["id"], f"{run['seed']}-{run['number']}")
        self._publisher = Publisher(chronicle, opening.envelope.options, run.pop("untold", []), self._wake)
        self._progress = Progress()
        self._dirty = False
        self._turns = 0

    async def outcome(self) -> Completed | Faulted:
        """Run to the end, when nothing runs outside any more; raises `ContinueAsNewError` instead when that is due, and `Held`."""
        while True:
            if self._publisher.crowded:
                await self._publisher.finish()
            self._dirty = False
            step = None if self._state["suspended"] else self._advance()
            if step is not None:
                self._flight.keep(step.wanted)
                if step.outcome is not None:
                    await workflow.wait_condition(lambda: self._flight.idle)
                    await self._publisher.finish()
                    return step.outcome
            self._continue_when_due()
            if step is not None:
                self._pursue(step)
            workflow.set_current_details(self._details())
            self._turns += 1
            await workflow.wait_condition(lambda: self._dirty)

    async def cancel(self) -> None:
        """Cancel what runs outside, and wait until all of it has acknowledged."""
        await self._flight.end()
        self._publisher.happened("cancelled", self._now(), self._references)
        await self._publisher.finish()

    def receive(self, events: list[Json]) -> None:
        """Take events into the inbox; what is none is only counted there."""
        objects = [event for event in events if type(event) is dict]
        self._state["dropped"] += len(events) - len(objects)
        limits = self._opening.host.limits
        for event in objects:
            receive(self._state, event, limits)
        self._wake()

    def suspend(self, suspended: bool) -> None:
        """Hold the run, or let it go on: while it is held no pass is made, but clocks go on and results and events queue."""
        if suspended is not self._state["suspended"]:
            self._publisher.happened("suspended" if suspended else "resumed", self._now(), self._references)
        self._state["suspended"] = suspended
        self._wake()

    def status(self, *, context: bool) -> Json:
        """See `status.status_of`."""
        return status_of(self._definition, self._state, context=context)

    def trace(self, after: int) -> Json:
        """See `Trace.as_json`."""
        return self._trace.as_json(after)

    def _advance(self) -> Pass:
        """A pass at every instant that has come since the last one, in order; the last is what is wanted now."""
        self._opening.begin_activation()
        notices: list[Notice] = []
        for _ in range(CATCH_UP):
            alarm = self._state["alarm"]
            step = advance(self._definition, self._state, self._now() if alarm is None else min(alarm, self._now()), self._opening.host)
            notices += step.notices
            alarm = self._state["alarm"]
            if step.outcome is not None or step.cut or alarm is None or alarm > self._now():
                break
        self._trace.add(notices)
        self._progress.add(notices)
        self._publisher.add(notices)
        _log(notices)
        return step

    def _continue_when_due(self) -> None:
        # Never in the first turn: a run that does nothing but continue would never end. Never with answers that no pass has taken
        # (the run is suspended): they have not been weighed.
        if (
            not self._turns
            or self._publisher.sending
            or self._flight.awaited
            or self._state["results"]
            or not self._thresholds.is_due(workflow.info())
        ):
            return
        untold = {"untold": self._publisher.waiting} if self._publisher.waiting else {}
        captured = capture({**self._state, "run": self._state["run"] | untold})
        if self._opening.host.carried + size(captured) <= ARGUMENTS_BYTES:
            workflow.continue_as_new(args=[*self._opening.payloads, captured])

    def _pursue(self, step: Pass) -> None:
        """Start what is wanted, and wait for what may come."""
        alarms = list(step.alarms)
        if not self._thresholds.is_overdue(workflow.info()) and self._flight.start(step.wanted):
            alarms.append(Alarm(at=self._now() + 1, reference="", summary="more to start"))
        if step.cut or self._behind():
            alarms.append(Alarm(at=self._now() + 1, reference="", summary="goes on"))
        self._timers.arm(alarms, self._now())

    def _now(self) -> int:
        """The run's clock, and no earlier than a timer has proved: replayed, the same instants give the same decisions."""
        return max(now(), self._timers.rung)

    def _behind(self) -> bool:
        alarm = self._state["alarm"]
        return alarm is not None and alarm <= self._now()

    def _details(self) -> str:
        tasks = live(self._definition, self._state)
        run = self._state["run"]["number"]
        return render(self._definition, self._progress, tasks, run=run, suspended=self._state["suspended"])

    def _references(self) -> list[str]:
        """The tasks in progress, outermost first."""
        return [task.reference for task in live(self._definition, self._state)]

    def _wake(self) -> None:
        self._dirty = True
