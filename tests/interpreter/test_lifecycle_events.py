from __future__ import annotations

import pytest

from interpreter.document.model import Header
from interpreter.effects import WORKFLOW, Notice
from interpreter.lifecycle_events import OUTPUT_BYTES, Chronicle

CHRONICLE = Chronicle(Header(dsl="1.0.3", namespace="shop", name="order", version="2.0.0"), "o-1", "run-1-1")
AT, INSTANT = 1_700_000_000_123, "2023-11-14T22:13:20.123Z"
NAME = "order-o-1.shop"


def told(kind, *, reference="/do/0/a", task="set", **data):
    return list(CHRONICLE.of(Notice(kind=kind, reference=reference, name="a", kind_of_task=task, at=AT, data=data), 7))


def test_an_event_is_a_cloud_event_of_the_run():
    assert told("started", reference="", task=WORKFLOW, input={"n": 1}) == [
        {
            "specversion": "1.0",
            "id": "run-1-1-7.0",
            "source": "/swtemporal/shop/order",
            "subject": "o-1",
            "type": "io.serverlessworkflow.workflow.started.v1",
            "time": INSTANT,
            "datacontenttype": "application/json",
            "data": {"name": NAME, "definition": {"name": "order", "namespace": "shop", "version": "2.0.0"}, "startedAt": INSTANT},
        }
    ]


@pytest.mark.parametrize(
    ("kind", "task", "data", "events"),
    [
        ("started", "set", {"input": 1}, {"task.created": {"createdAt": INSTANT}, "task.started": {"startedAt": INSTANT}}),
        ("completed", "set", {"output": [1]}, {"task.completed": {"output": [1], "completedAt": INSTANT}}),
        ("faulted", "set", {"error": {"status": 500}}, {"task.faulted": {"error": {"status": 500}, "faultedAt": INSTANT}}),
        ("retried", "try", {"attempt": 1, "error": {}, "next": None}, {"task.retried": {"retriedAt": INSTANT}}),
        ("cancelled", "set", {}, {"task.cancelled": {"cancelledAt": INSTANT}}),
        ("skipped", "set", {"why": "if"}, {}),
        ("waiting", "wait", {"until": 1}, {}),
    ],
)
def test_what_happens_to_a_task(kind, task, data, events):
    found = {event["type"].split(".", 2)[2].removesuffix(".v1"): event["data"] for event in told(kind, task=task, **data)}
    assert found == {name: {"workflow": NAME, "task": "/do/0/a", **more} for name, more in events.items()}


def test_a_listen_correlates():
    (began,) = told("waiting", task="listen", events="type x")
    assert (began["type"], began["data"]) == ("io.serverlessworkflow.workflow.correlation-started.v1", {"name": NAME, "startedAt": INSTANT})
    done, completed = told("completed", task="listen", output=[], keys={"order": "o-7", "n": 1})
    assert (done["type"], completed["type"]) == (
        "io.serverlessworkflow.workflow.correlation-completed.v1",
        "io.serverlessworkflow.task.completed.v1",
    )
    assert done["data"] == {"name": NAME, "correlationKeys": {"order": "o-7", "n": 1}, "completedAt": INSTANT}


@pytest.mark.parametrize("keys", [{}, {"long": "x" * OUTPUT_BYTES}])
def test_keys_are_told_where_there_are_any_and_they_are_short(keys):
    done, _ = told("completed", task="listen", output=[], keys=keys)
    assert done["data"] == {"name": NAME, "completedAt": INSTANT}


def test_what_waited_for_nothing_did_not_correlate():
    assert [event["type"].split(".", 2)[2] for event in told("completed", task="listen", output=[])] == ["task.completed.v1"]


def test_a_long_output_stays_where_it_is():
    assert "output" not in told("completed", output="x" * OUTPUT_BYTES)[0]["data"]


def test_what_happens_to_the_run_as_a_whole():
    (event,) = CHRONICLE.happened("suspended", AT, 9, [])
    assert event["type"] == "io.serverlessworkflow.workflow.suspended.v1"
    assert event["data"] == {"name": NAME, "suspendedAt": INSTANT}
    assert event["id"] == "run-1-1-9.0"


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        ("suspended", ["/do/0/a/do/0/b", "/do/0/a", None]),
        ("cancelled", ["/do/0/a/do/0/b", "/do/0/a", None]),
        ("resumed", [None, "/do/0/a", "/do/0/a/do/0/b"]),
    ],
)
def test_what_happens_to_the_run_happens_to_the_tasks_in_progress(kind, order):
    events = list(CHRONICLE.happened(kind, AT, 9, ["/do/0/a", "/do/0/a/do/0/b"]))
    assert [event["data"].get("task") for event in events] == order
    assert {event["type"].split(".", 2)[2] for event in events} == {f"workflow.{kind}.v1", f"task.{kind}.v1"}
    assert all(event["data"][f"{kind}At"] == INSTANT for event in events)
    assert len({event["id"] for event in events}) == len(events)


def test_events_of_one_notice_differ():
    assert len({event["id"] for event in told("started", input=1)}) == 2
