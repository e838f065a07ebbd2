from __future__ import annotations

import asyncio
import json

import pytest
from temporalio.exceptions import ApplicationError

from interpreter.effects import LIFECYCLE
from tests.activities.performing import environment, performed
from tests.counterparts import Reply
from tests.settings import Settings

EVENTS = {"events": [{"id": "e-1", "type": "x"}, {"id": "e-2", "type": "x"}]}


def published(sink: str | None, **info) -> None:
    asyncio.run(performed(LIFECYCLE, EVENTS, Settings(event_sink=sink), environment(activity_type=LIFECYCLE, **info)))


def test_events_are_sent_one_by_one(counterpart):
    counterpart.replies["/sink"] = Reply(202)
    published(f"{counterpart.origin}/sink")

    assert [json.loads(received.body)["id"] for received in counterpart.to("/sink")] == ["e-1", "e-2"]


def test_without_a_sink_nothing_is_sent():
    published(None)


def test_nobody_but_a_run_tells_what_happened_to_it(counterpart):
    with pytest.raises(ApplicationError, match="403"):
        published(f"{counterpart.origin}/sink", workflow_id=None)
    assert counterpart.received == []
