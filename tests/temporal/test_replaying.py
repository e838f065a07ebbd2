from __future__ import annotations

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from interpreter.temporal.replaying import settled

OWN = {
    "TIMER_STARTED": "timer_started_event_attributes",
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": "upsert_workflow_search_attributes_event_attributes",
    "WORKFLOW_EXECUTION_COMPLETED": "workflow_execution_completed_event_attributes",
}
FIRST = ["WORKFLOW_EXECUTION_STARTED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"]
TURN = [*FIRST, "WORKFLOW_TASK_COMPLETED"]


def history(kinds: list[str]) -> WorkflowHistory:
    """Events of these kinds; those that a workflow task decides follow from the one completed last."""
    events, completed = [], 0
    for id, kind in enumerate(kinds, start=1):
        event = HistoryEvent(event_id=id, event_type=EventType.Value(f"EVENT_TYPE_{kind}"))
        completed = id if kind == "WORKFLOW_TASK_COMPLETED" else completed
        if kind in OWN:
            getattr(event, OWN[kind]).workflow_task_completed_event_id = completed
        if kind == "TIMER_FIRED":
            event.timer_fired_event_attributes.started_event_id = 1
        events.append(event)
    return WorkflowHistory("r", events)


@pytest.mark.parametrize(
    ("kept", "later"),
    [
        (TURN, []),
        ([*TURN, "TIMER_STARTED", "TIMER_STARTED"], []),
        ([*TURN, "TIMER_STARTED"], ["TIMER_FIRED", "WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"]),
        ([*TURN, "TIMER_STARTED"], ["WORKFLOW_EXECUTION_SIGNALED", "WORKFLOW_TASK_SCHEDULED"]),
        ([*TURN, "TIMER_STARTED"], ["WORKFLOW_EXECUTION_TERMINATED"]),
        ([*TURN, "TIMER_STARTED", "TIMER_FIRED", *TURN[1:], "WORKFLOW_EXECUTION_COMPLETED"], []),
    ],
)
def test_what_no_worker_has_seen_is_cut_off(kept: list[str], later: list[str]) -> None:
    found = settled(history(kept + later))

    assert found is not None
    assert found.workflow_id == "r"
    assert found.events == history(kept).events


def test_a_run_that_nobody_began_has_no_past() -> None:
    assert settled(history([*FIRST, "WORKFLOW_EXECUTION_TERMINATED"])) is None
