"""Where a run stands, read from the server alone: what is pending in its history. Works with no worker at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionStatus

from interpreter.temporal.client import events, handle
from interpreter.temporal.memo import DEFINITION
from interpreter.temporal.payloads import JsonPayloadConverter

Kind: TypeAlias = Literal["activity", "child", "timer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One thing a run waits for. Instants are milliseconds since the epoch; `summary` is the line that timelines show."""

    kind: Kind
    type: str
    """Activity type, or the child's workflow type; empty for a timer."""
    id: str
    """Activity id, child's workflow id, timer id."""
    summary: str
    since: int
    attempt: int = 1
    due: int | None = None
    """When a timer fires or the next attempt begins."""
    failure: str | None = None
    """What the last attempt failed with."""
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A workflow task that fails and is tried again: `attempt` is the number of the attempt under way."""

    attempt: int
    message: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A run as the server knows it."""

    status: str
    """`running`, `completed`, `failed`, `canceled`, `terminated`, `continued_as_new` or `timed_out`."""
    type: str
    definition: str | None
    """`namespace/name:version`; None for a run that was not started by this product."""
    run: str
    task_queue: str
    started: int
    closed: int | None
    events: int
    waits: tuple[Wait, ...]
    failing: Failing | None


async def pending(client: Client, id: str, run: str | None = None) -> Standing:
    """Where the run named, or the latest of an id, stands; `RPCError` (NOT_FOUND) when there is none."""
    description = await handle(client, id, run).describe()
    raw = description.raw_description
    history = [event async for event in events(client, id, description.run_id)]
    summaries = _summaries(history)
    attempt = raw.pending_workflow_task.attempt
    return Standing(
        status=(description.status or WorkflowExecutionStatus.RUNNING).name.lower(),
        type=description.workflow_type,
        definition=(await description.memo()).get(DEFINITION),
        run=description.run_id,
        task_queue=description.task_queue,
        started=_milliseconds(raw.workflow_execution_info.start_time),
        closed=_milliseconds(raw.workflow_execution_info.close_time) if raw.workflow_execution_info.HasField("close_time") else None,
        events=description.history_length,
        waits=(
            *(_activity(info, summaries) for info in raw.pending_activities),
            *_children(history, {info.workflow_id for info in raw.pending_children}),
            *(_timers(history) if description.status == WorkflowExecutionStatus.RUNNING else ()),
        ),
        failing=_failing(history, attempt) if attempt > 1 else None,
    )


def _activity(info: PendingActivityInfo, summaries: dict[str, str]) -> Wait:
    return Wait(
        kind="activity",
        type=info.activity_type.name,
        id=info.activity_id,
        summary=summaries.get(info.activity_id, ""),
        since=_milliseconds(info.scheduled_time),
        attempt=max(1, info.attempt),
        due=_milliseconds(info.next_attempt_schedule_time) if info.HasField("next_attempt_schedule_time") else None,
        failure=info.last_failure.message if info.HasField("last_failure") else None,
        paused=info.paused or info.state == PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED,
    )


def _children(history: Iterable[HistoryEvent], open: set[str]) -> list[Wait]:
    return [
        Wait(
            kind="child",
            type=event.start_child_workflow_execution_initiated_event_attributes.workflow_type.name,
            id=event.start_child_workflow_execution_initiated_event_attributes.workflow_id,
            summary=_summary(event),
            since=_milliseconds(event.event_time),
        )
        for event in history
        if event.HasField("start_child_workflow_execution_initiated_event_attributes")
        and event.start_child_workflow_execution_initiated_event_attributes.workflow_id in open
    ]


def _timers(history: Iterable[HistoryEvent]) -> list[Wait]:
    armed: dict[str, Wait] = {}
    for event in history:
        match event.event_type:
            case EventType.EVENT_TYPE_TIMER_STARTED:
                timer = event.timer_started_event_attributes
                since = _milliseconds(event.event_time)
                due = since + timer.start_to_fire_timeout.ToMilliseconds()
                armed[timer.timer_id] = Wait(kind="timer", type="", id=timer.timer_id, summary=_summary(event), since=since, due=due)
            case EventType.EVENT_TYPE_TIMER_FIRED:
                armed.pop(event.timer_fired_event_attributes.timer_id, None)
            case EventType.EVENT_TYPE_TIMER_CANCELED:
                armed.pop(event.timer_canceled_event_attributes.timer_id, None)
    return list(armed.values())


def _failing(history: Iterable[HistoryEvent], attempt: int) -> Failing | None:
    failed = [event for event in history if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
    if not failed:
        return None
    failure = failed[-1].workflow_task_failed_event_attributes.failure
    return Failing(attempt=attempt, message=failure.message, type=failure.application_failure_info.type)


def _summaries(history: Iterable[HistoryEvent]) -> dict[str, str]:
    return {
        event.activity_task_scheduled_event_attributes.activity_id: _summary(event)
        for event in history
        if event.HasField("activity_task_scheduled_event_attributes")
    }


def _summary(event: HistoryEvent) -> str:
    if not event.user_metadata.HasField("summary"):
        return ""
    return str(JsonPayloadConverter().from_payload(event.user_metadata.summary))


def _milliseconds(instant: Timestamp) -> int:
    return instant.ToMilliseconds()
