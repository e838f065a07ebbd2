from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.defaults import Limits
from interpreter.state import SHARED_BYTES, capture, deliver, fresh, is_event, receive, restore
from interpreter.values import Json, encode, same, size
from tests.interpreter.documents import event

LONG = st.sampled_from(["x" * SHARED_BYTES, "ü\U0001f600/~" * 60, {"big": 10**4000}, ["/", "~", {"~1": "y" * SHARED_BYTES, "": None}]])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**301)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
)
KEYS = st.text(max_size=5) | st.sampled_from(["a/b", "~", "~1", "", "0", "kid", "same"])
VALUES = st.recursive(SCALARS | LONG, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4), max_leaves=20)


def state_of(*values: Json) -> dict[str, Any]:
    """A state in which values stand in several places."""
    state = fresh(values[0], id="run-1", seed="seed-1", now=0)
    state["context"] = values[-1]
    state["root"] = {"in": values[0], "raw_in": values[0], "kid": {"value": list(values), "kid": {"in": values[-1], "out": values[0]}}}
    return state


def through_json(raw: Json) -> Json:
    return json.loads(encode(raw))


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_what_is_captured_comes_back_in_order_and_type(values: list[Json]):
    state = state_of(*values)
    before = encode(state)
    assert encode(restore(through_json(capture(state)))) == before
    assert encode(state) == before


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_a_capture_of_what_came_back_is_the_same(values: list[Json]):
    captured = through_json(capture(state_of(*values)))
    assert encode(capture(restore(through_json(captured)))) == encode(captured)


@given(VALUES)
def test_equal_values_of_some_size_are_written_once(value: Json):
    once, more = size(capture(state_of(value))), size(capture(state_of(value, value, value)))
    assert more - once < 3 * 350  # numbers, however long, are written each time


def test_a_large_value_that_is_everywhere_counts_once():
    assert size(capture(state_of({"text": "x" * 100_000}))) < 102_000


def frames_of(value: Json) -> list[int]:
    if isinstance(value, dict):
        return [id(value), *(found for item in value.values() for found in frames_of(item))]
    return [found for item in value for found in frames_of(item)] if isinstance(value, list) else []


@given(VALUES)
def test_nothing_that_came_back_is_shared(value: Json):
    found = frames_of(restore(through_json(capture(state_of(value, value)))))
    assert len(found) == len(set(found))


def test_two_equal_frames_are_still_two():
    state = state_of("x")
    state["root"] = {"kids": {name: {"in": "y" * 300, "started": 5} for name in ("a", "b")}}
    back = restore(through_json(capture(state)))
    back["root"]["kids"]["a"]["started"] = 6
    assert back["root"]["kids"]["b"]["started"] == 5


@pytest.mark.parametrize("raw", [{"v": 0, "state": {}, "same": []}, {"v": 2, "state": {}, "same": []}, {}, None, [], 5])
def test_a_state_of_another_version_is_refused(raw):
    with pytest.raises(ValueError, match="cannot be read here"):
        restore(raw)


def test_an_answer_waits_in_the_mailbox():
    state = state_of(1)
    deliver(state, "/do/0/a#1", {"value": 5})
    assert state["results"] == {"/do/0/a#1": {"value": 5}}


# The inbox


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=300)), max_size=30), st.integers(1, 5), st.integers(200, 2000))
def test_the_inbox_keeps_the_latest_events_within_its_bounds_in_order(sent, most, most_bytes):
    limits, state = Limits(inbox_events=most, inbox_bytes=most_bytes), state_of(1)
    kept: list[Json] = []
    seen: set[int] = set()
    for number, text in sent:
        one = event("t", text, id=str(number))
        receive(state, one, limits)
        if number not in seen and size(one) <= most_bytes:
            seen.add(number)
            kept.append(one)
    inbox = [entry["event"] for entry in state["inbox"]]
    assert inbox == kept[len(kept) - len(inbox) :]
    assert len(inbox) <= most
    assert sum(map(size, inbox)) <= most_bytes
    assert same([entry["seq"] for entry in state["inbox"]], sorted(entry["seq"] for entry in state["inbox"]))


def test_a_repetition_is_known_by_source_and_id_together():
    state = state_of(1)
    for source, id in (("a", "1"), ("a", "1"), ("b", "1"), ("a", "2"), ("a b", "c"), ("a", "b c")):
        receive(state, event("t", 1, source=source, id=id), Limits())
    assert [(one["event"]["source"], one["event"]["id"]) for one in state["inbox"]] == [
        ("a", "1"),
        ("b", "1"),
        ("a", "2"),
        ("a b", "c"),
        ("a", "b c"),
    ]
    assert state["dropped"] == 0


def test_what_is_remembered_of_events_stays_small_however_long_their_ids_are():
    state = state_of(1)
    for number in range(2100):
        receive(state, event("t", 1, id=f"{number}" + "x" * 1000), Limits())
    assert size(state["known"]) < 80_000


@given(VALUES)
def test_whatever_comes_never_fails(value: Json):
    state = state_of(1)
    receive(state, value, Limits())
    receive(state, {"id": "1", "source": "s", "type": "t", "data": value}, Limits())
    assert len(state["inbox"]) + state["dropped"] == 2


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 10**5000], ids=["nan", "inf", "-inf", "huge"])
def test_numbers_that_are_no_json_are_counted_as_rubbish(number):
    state = state_of(1)
    receive(state, event("t", [number], id="1"), Limits())
    assert (state["inbox"], state["dropped"]) == ([], 1)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ({"id": "1", "source": "s", "type": "t"}, True),
        ({"id": "1", "source": "s"}, False),
        ({"id": 1, "source": "s", "type": "t"}, False),
        ({"id": "", "source": "s", "type": "t"}, False),
        ([], False),
        (None, False),
    ],
)
def test_what_an_event_is(value, is_one):
    assert is_event(value) is is_one
