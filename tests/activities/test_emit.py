from __future__ import annotations

from interpreter.effects import EMIT
from tests.activities.performing import arguments, perform, problem
from tests.settings import Settings

EVENT = {"specversion": "1.0", "id": "e1", "source": "/a", "type": "t", "data": {"é": [1, None]}}


def test_an_event_goes_to_the_sink_in_structured_mode(counterpart):
    settings = Settings(event_sink=f"{counterpart.origin}/events")
    assert perform(EMIT, arguments({"event": EVENT}), settings) == EVENT
    (received,) = counterpart.to("/events")
    assert received.json() == EVENT
    assert received.method == "POST"
    assert received.headers["content-type"].startswith("application/cloudevents+json")
    assert received.key == "key-1"


def test_a_repetition_is_the_same_event(counterpart):
    settings = Settings(event_sink=f"{counterpart.origin}/events")
    for _ in range(2):
        perform(EMIT, arguments({"event": EVENT}), settings)
    assert counterpart.events == [EVENT, EVENT]


def test_without_a_sink_it_is_done_at_once(counterpart):
    assert perform(EMIT, arguments({"event": EVENT})) == EVENT
    assert counterpart.received == []


def test_a_sink_that_refuses_is_a_communication_error(counterpart):
    found = problem(EMIT, arguments({"event": EVENT}), Settings(event_sink=f"{counterpart.origin}/status/503"))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("communication", 503)
