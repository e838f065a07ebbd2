"""A run that is looked at from outside: what was asked for it, what its history holds, whether anything of it is under way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType, PendingActivityState, TimeoutType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from interpreter.temporal import client as temporal
from interpreter.temporal.names import ATTACH
from tests.killed.counterpart import Counterpart, Request
from tests.temporal.test_signals import event


@dataclass
class Run:
    """A run whose calls go to a place of its own, `base`."""

    handle: temporal.Handle
    client: Client
    counterpart: Counterpart
    base: str

    def requests(self, path: str = "") -> list[Request]:
        """The requests made for it, those for one path, or all."""
        return [one for one in self.counterpart.requests if one.path.startswith(f"{self.base}/") and one.path.endswith(path)]

    def paths(self) -> list[str]:
        """The paths of these requests, beneath its own place."""
        return [request.path.removeprefix(self.base) for request in self.requests()]

    def effects(self) -> list[str]:
        """The same, but once for each key."""
        return sorted(path for path, _ in {(request.path.removeprefix(self.base), request.key) for request in self.requests()})

    async def asks(self, path: str, times: int = 1) -> None:
        """Wait until a call was made so many times."""
        await self.counterpart.until(lambda: len(self.requests(path)) >= times)

    async def has(self, kind: str, times: int = 1) -> None:
        """Wait until its history has so many events of a kind."""
        wanted = EventType.Value(f"EVENT_TYPE_{kind}")
        async for seen in self.events(follow=True):
            times -= seen.event_type == wanted
            if not times:
                return
        message = f"the run has ended without {kind}"
        raise AssertionError(message)

    async def rests(self) -> None:
        """Wait until neither a workflow task nor a call of it is under way."""
        while True:
            found = (await self.handle.describe()).raw_description
            if not found.HasField("pending_workflow_task") and not found.pending_activities:
                return

    async def attends(self) -> None:
        """Wait until an activity looks on while its child runs, and nothing else of it is under way."""
        while True:
            found = (await self.handle.describe()).raw_description
            running = [one.activity_type.name for one in found.pending_activities]
            if not found.HasField("pending_workflow_task") and running == [ATTACH]:
                return

    async def backs_off(self) -> None:
        """Wait until Temporal holds back the next attempt of an activity."""
        while True:
            pending = (await self.handle.describe()).raw_description.pending_activities
            if any(one.attempt > 1 and one.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED for one in pending):
                return

    async def tell(self, *numbers: int) -> None:
        """Send events; one that was sent before is dropped."""
        for number in numbers:
            await temporal.signal_event(self.handle, event(str(number), {"n": number}))

    async def child(self) -> Run:
        """The child that the first run of the chain starts, as soon as it has."""
        async for seen in self.events(follow=True):
            if seen.HasField("child_workflow_execution_started_event_attributes"):
                return self._child(seen)
        message = "the run has ended without a child"
        raise AssertionError(message)

    def _child(self, started: HistoryEvent) -> Run:
        id = started.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
        return Run(temporal.handle(self.client, id), self.client, self.counterpart, self.base)

    def events(self, *, follow: bool) -> AsyncIterator[HistoryEvent]:
        """Its history; with `follow` until it ends, that of the runs that continue it included."""
        return temporal.events(self.client, self.handle.id, self.handle.first_execution_run_id, follow=follow)

    async def completed(self) -> dict[str, float]:
        """When each effect, its children's included, was recorded as completed (seconds since 1970), by idempotency key.

        Waits for the end of the run.
        """
        keys: dict[tuple[str, int], str] = {}
        found: dict[str, float] = {}
        chain = ""
        async for seen in self.events(follow=True):
            if seen.HasField("workflow_execution_started_event_attributes"):
                chain = seen.workflow_execution_started_event_attributes.original_execution_run_id
            if seen.HasField("child_workflow_execution_started_event_attributes"):
                found |= await self._child(seen).completed()
            if seen.HasField("activity_task_scheduled_event_attributes"):
                arguments = json.loads(seen.activity_task_scheduled_event_attributes.input.payloads[0].data)
                keys[chain, seen.event_id] = arguments.get("key", "")
            if seen.HasField("activity_task_completed_event_attributes"):
                key = keys[chain, seen.activity_task_completed_event_attributes.scheduled_event_id]
                found[key] = seen.event_time.ToNanoseconds() / 1e9
        return found

    async def timeouts(self) -> list[str]:
        """The timeouts of workflow tasks in its history; waits for the end of the run."""
        return [
            TimeoutType.Name(seen.workflow_task_timed_out_event_attributes.timeout_type)
            async for seen in self.events(follow=True)
            if seen.HasField("workflow_task_timed_out_event_attributes")
        ]
