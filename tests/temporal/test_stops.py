"""The recorded stop: an evaluation that cannot end holds its run for a while, and no other one at all."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from interpreter.effects import Completed
from interpreter.evaluator import Evaluated, Held
from interpreter.faults import Fault
from interpreter.temporal import stops
from interpreter.temporal.pending import pending
from interpreter.temporal.stops import RecordedStops, Tally
from interpreter.values import Json
from tests.temporal.house import House, call, document


class Recorded:
    """What `workflow` offers to a stop: the history's markers, and whether it is replayed."""

    def __init__(self) -> None:
        self.markers: set[str] = set()
        self.asked: list[str] = []
        self.replaying = False
        self.unsafe = SimpleNamespace(is_replaying=lambda: self.replaying)

    def info(self) -> SimpleNamespace:
        return SimpleNamespace(run_id="run")

    def patched(self, marker: str) -> bool:
        self.asked.append(marker)
        if not self.replaying:
            self.markers.add(marker)
        return marker in self.markers


class Stopped:
    """An evaluator that is stopped each time."""

    def __init__(self, *, counted: bool = True) -> None:
        self.counted = counted
        self.stopping = True

    def begin_activation(self) -> None: ...

    def evaluate(self, expressions, dot, variables, now, place, **_) -> Evaluated:
        return Evaluated([self.matches("", "", place)], 0)

    def check(self, schema, value, place) -> str | None:
        return "well" if self.matches("", "", place) else None

    def matches(self, pattern: str, text: str, place: str) -> bool:
        if self.stopping:
            raise Held("stopped", place=place, counted=self.counted)
        return True


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    found = Recorded()
    monkeypatch.setattr(stops, "workflow", found)
    return found


def attempt(evaluator: RecordedStops, place: str = "/do/0/a#1") -> str:
    try:
        evaluator.evaluate(["."], None, {}, 0, place)
    except Held:
        return "held"
    except Fault as error:
        return error.problem.type.rpartition("/")[2]
    return "value"


def test_the_third_stop_in_a_process_is_recorded(recorded: Recorded):
    evaluator = RecordedStops(Stopped(), Tally())

    assert [attempt(evaluator) for _ in range(3)] == ["held", "held", "expression"]
    assert len(recorded.markers) == 1


def test_every_place_is_counted_for_itself(recorded: Recorded):
    evaluator = RecordedStops(Stopped(), Tally())

    assert [attempt(evaluator, f"/do/{number % 2}") for number in range(6)] == ["held"] * 4 + ["expression"] * 2


def test_what_says_nothing_of_the_evaluation_is_never_counted(recorded: Recorded):
    evaluator = RecordedStops(Stopped(counted=False), Tally())

    assert {attempt(evaluator) for _ in range(10)} == {"held"}
    assert recorded.asked == []


def test_a_replay_asks_the_history_first(recorded: Recorded):
    inner = Stopped()
    evaluator = RecordedStops(inner, Tally())
    for _ in range(3):
        attempt(evaluator)
    recorded.replaying, inner.stopping = True, False

    assert attempt(evaluator) == "expression"


def test_a_replay_records_nothing(recorded: Recorded):
    recorded.replaying = True
    evaluator = RecordedStops(Stopped(), Tally())

    assert {attempt(evaluator) for _ in range(5)} == {"held"}
    assert recorded.markers == set()


@pytest.mark.parametrize("method", ["check", "matches"])
def test_schemas_and_patterns_are_stopped_likewise(recorded: Recorded, method: str):
    evaluator = RecordedStops(Stopped(), Tally())

    def once() -> Json:
        return evaluator.check({}, None, "/a") if method == "check" else evaluator.matches("", "", "/a")

    for _ in range(2):
        with pytest.raises(Held):
            once()
    with pytest.raises(Fault):
        once()


def test_a_tally_forgets_the_least_recent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stops, "REMEMBERED", 2)
    tally = Tally()

    assert [tally.count("run", place) for place in ("a", "b", "a", "c", "b", "a")] == [1, 1, 2, 1, 1, 1]


@pytest.mark.anyio
@pytest.mark.server
async def test_an_endless_expression_is_caught_while_others_go_on_undisturbed(house: House):
    begun, go = asyncio.Event(), asyncio.Event()

    async def long(_: Json) -> Json:
        begun.set()
        await go.wait()
        return "long"

    house.answers.update(long=long, tick={"sum": 1})
    hostile = {
        "guarded": {"try": [{"burn": {"set": {"n": "${ last(range(1e10)) }"}}}], "catch": {"as": "e", "do": [{"tell": {"set": "${ $e }"}}]}}
    }
    busy = await house.start(document(call("long", metadata={"swtemporal": {"heartbeat": 2000}})))
    await begun.wait()
    handle = await house.start(document(hostile))
    await house.history_has(handle, "WORKFLOW_TASK_FAILED")
    standing = await pending(house.client, handle.id)
    others = [await house.run(document({"loop": {"for": {"in": "${ [range(20)] }"}, "do": [call("tick")]}})) for _ in range(5)]

    caught = await house.outcome(handle)
    go.set()

    assert isinstance(caught, Completed)
    assert caught.output["type"].endswith("/expression")
    assert caught.output["instance"].endswith("/burn")
    assert standing.failing is None or "last(range(1e10))" in standing.failing.message
    assert others == [Completed({"sum": 1})] * 5
    assert await house.outcome(busy) == Completed("long")
    assert [arguments["task"] for arguments in house.calls].count("long") == 1
