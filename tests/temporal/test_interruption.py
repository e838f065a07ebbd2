"""Runs that continue as new whenever they can: outcome and effects are those of a run that is never interrupted.

The same property in the fake world, at every step and for many more documents: tests/interpreter/test_interruption.py.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping

import pytest

from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.values import Json, size
from tests.hostile.others import stumbles
from tests.hostile.test_events import until
from tests.temporal.house import House, call, document
from tests.temporal.stories import FETCHED, SCHEMA, STORIES, Story, hear
from tests.temporal.test_continuation import runs_of
from tests.temporal.test_signals import event

pytestmark = [pytest.mark.anyio, pytest.mark.server]

ALWAYS = {"continueAfterEvents": 4}
"""A run has so many events before its second turn: it continues at every turn but its first, unless a call is under way."""

MANY, BYTES, SENDERS = 1_000, 200, 20

both = pytest.mark.parametrize("house", [1000, 0], ids=["cached", "replayed"], indirect=True)


@both
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_a_run_interrupted_whenever_it_can_be_does_what_it_does_uninterrupted(house: House, story: Story):
    whole, wanted, _ = await told(house, story, {})
    outcome, effects, count = await told(house, story, ALWAYS)

    assert outcome == whole
    assert effects == wanted
    assert count >= story.runs


@both
async def test_what_may_be_repeated_is_not_waited_for_but_begun_again(house: House):
    begun = asyncio.Event()

    async def fetch(_: Json) -> Json:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        return FETCHED

    house.answers.update(first={"n": 1}, checked=fetch)
    checked = {"checked": {"do": [call("first")], "output": {"schema": SCHEMA}, "then": "end"}}
    handle = await house.start(document(checked, call("never")), options={"continueAfterEvents": 12})
    await begun.wait()
    await temporal.signal_event(handle, event("1", "anything"))

    assert await house.outcome(handle) == Completed({"n": 1})
    assert [arguments["task"] for arguments in house.calls] == ["first", "checked", "checked"]
    assert await runs_of(house, handle) == 2


async def told(house: House, story: Story, options: Mapping[str, Json]) -> tuple[Json, Json, int]:
    """How a story ends, what it does outside place by place, and in how many runs."""
    house.calls.clear()
    house.answers.clear()
    house.answers.update(story.answers())
    with_ = () if story.child is None else (story.child,)
    handle = await house.start(story.root, {"items": [1, 2, 3, 4]}, options=options, with_=with_)
    if story.events:
        await temporal.signal_event(handle, [*story.events])
    outcome = await house.outcome(handle)
    for child in await children_of(house, handle):
        assert isinstance(await house.outcome(child), Completed)
    assert await stumbles(house, handle) == []
    assert ending(outcome) == story.ends
    return outcome, effects(house.calls), await runs_of(house, handle)


def ending(outcome: object) -> Json:
    """An output, or the bare type of an error."""
    if isinstance(outcome, Faulted):
        return outcome.problem.type.rpartition("/")[2]
    assert isinstance(outcome, Completed)
    return outcome.output


def effects(calls: list[Json]) -> Json:
    """By place, in order: what was sent, and which of it is the same thing tried again. Resources may be fetched more than once."""
    found: dict[str, list[Json]] = defaultdict(list)
    keys: dict[str, list[str]] = defaultdict(list)
    for arguments in calls:
        if "method" in arguments["with"]:
            place, key = arguments["reference"], arguments["key"]
            keys[place].append(key)
            found[place].append({"sent": arguments["with"], "like": keys[place].index(key)})
    return dict(found)


async def children_of(house: House, handle: temporal.Handle) -> list[temporal.Handle]:
    """The children that a run and those that continue it have started."""
    chain = temporal.events(house.client, handle.id, handle.first_execution_run_id, follow=True)
    begun = [
        seen.child_workflow_execution_started_event_attributes.workflow_execution
        async for seen in chain
        if seen.HasField("child_workflow_execution_started_event_attributes")
    ]
    return [temporal.handle(house.client, one.workflow_id) for one in begun]


@both
async def test_a_thousand_events_are_consumed_once_each_by_a_run_that_continues_meanwhile(house: House):
    """Ten bursts of a hundred, four senders in each; some are sent twice. Each sender's are heard in order."""
    handle = await house.start(collecting(), options=ALWAYS)
    for first in range(0, MANY, 100):
        await asyncio.gather(
            *(temporal.signal_event(handle, [small(at) for at in range(part, part + 25)]) for part in range(first, first + 100, 25)),
            temporal.signal_event(handle, small(max(0, first - 50))),
        )
        await temporal.state(handle)  # answered after a turn of the run

    outcome = await all_heard(house, handle)
    assert [[at for at in outcome if at // 25 == part] for part in range(MANY // 25)] == [
        list(range(part * 25, part * 25 + 25)) for part in range(MANY // 25)
    ]
    assert await runs_of(house, handle) > 4


@pytest.mark.chaos
@pytest.mark.timeout(300)
@both
async def test_a_thousand_signals_from_many_senders_are_consumed_once_each(house: House):
    handle = await house.start(collecting(), options=ALWAYS)
    await asyncio.gather(*(send(handle, sender) for sender in range(SENDERS)))

    await all_heard(house, handle)
    assert await runs_of(house, handle) > 20


@pytest.mark.chaos
@pytest.mark.timeout(600)
@both
async def test_each_of_a_thousand_events_has_its_call_once(house: House):
    house.answers["handle"] = None
    handle = await house.start(collecting(call("handle", output={"as": "${ $input }"})), options={"continueAfterEvents": 50})
    await asyncio.gather(*(send(handle, sender) for sender in range(SENDERS)))

    await all_heard(house, handle)
    assert len(house.calls) == len({arguments["key"] for arguments in house.calls}) == MANY
    assert await runs_of(house, handle) > 20


@both
async def test_events_that_nobody_hears_yet_are_carried_along(house: House):
    """A fifth of them comes during each of five calls; after it the run continues with all that have come so far."""
    sent = asyncio.Semaphore(0)

    async def tick(_: Json) -> Json:
        await sent.acquire()
        return 1

    house.answers["tick"] = tick
    ticks = {"ticks": {"for": {"in": "${ [range(5)] }"}, "do": [call("tick")]}}
    handle = await house.start(collecting(before=ticks), options=ALWAYS)
    for start in range(0, MANY, MANY // 5):
        parts = range(start, start + MANY // 5, 20)
        await asyncio.gather(*(temporal.signal_event(handle, [small(at) for at in range(part, part + 20)]) for part in parts))
        sent.release()

    await all_heard(house, handle)
    assert await runs_of(house, handle) > 4


async def send(handle: temporal.Handle, sender: int) -> None:
    """A sender's part of them, one after the other."""
    for number in range(sender, MANY, SENDERS):
        await temporal.signal_event(handle, small(number))


async def all_heard(house: House, handle: temporal.Handle) -> list[int]:
    """What was collected: each event once."""
    await until(handle, lambda state: state["tasks"][0]["name"] == "hear" and state["events"]["waiting"] == 0)
    await temporal.signal_event(handle, event("end", None, "last"))
    outcome = await house.outcome(handle)
    assert isinstance(outcome, Completed)
    assert sorted(outcome.output) == list(range(MANY))
    assert await stumbles(house, handle) == []
    return list(outcome.output)


def small(number: int) -> Json:
    """An event of 200 bytes: a thousand of them fit into an inbox."""
    bare = event(str(number), {"n": number, "pad": ""})
    return event(str(number), {"n": number, "pad": "x" * (BYTES - size(bare))})


def collecting(*handle: Json, before: Json = None) -> Json:
    """Collects the numbers of all events in the order in which they are heard, until the last one; with `handle` in between."""
    keep = {"keep": {"set": {"n": "${ $e.n }"}, "export": {"as": "${ {seen: (($context.seen // []) + [.n])} }"}}}
    to = {"any": [{"with": {"type": "approved"}}], "until": {"one": {"with": {"type": "last"}}}}
    listen = hear("hear", to, foreach={"item": "e", "do": [*handle, keep]}, output={"as": "${ $context.seen }"})
    return document(*([before] if before else []), listen)
