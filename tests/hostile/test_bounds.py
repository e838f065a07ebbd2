"""What keeps one pass, one state, one error within bounds, in the fake world."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter import state
from interpreter.defaults import Limits
from interpreter.effects import Notice
from interpreter.faults import PREFIX
from interpreter.scope import LEAST_PACE, Host
from interpreter.state import capture, restore
from interpreter.temporal import trace
from interpreter.temporal.trace import Trace
from interpreter.values import Json, encode
from tests.fakes import After, World
from tests.interpreter.documents import fault_of, flow


class Tiring(World):
    """A world in which every pass takes too long after so many steps."""

    after = 100

    def host(self) -> Host:
        spent = 0

        def tired(more: int) -> bool:
            nonlocal spent
            spent += more
            if spent < self.after:
                return False
            spent = 0
            return True

        return replace(super().host(), tired=tired)


def test_a_pass_that_takes_too_long_is_cut_and_goes_on():
    ran = Tiring().run(flow("[l: {for: {in: '[range(1000)]'}, do: [a: {set: {n: '${ $index }'}}]}]"))

    assert ran.output == {"n": 999}
    assert ran.steps > 10


@pytest.mark.parametrize("after", [1, 2, 7, 30])
def test_where_a_pass_is_cut_does_not_change_what_comes_out(after: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Tiring, "after", after)
    text = """
    - f: {fork: {branches: [a: {do: [x: {set: {n: 1}}, y: CALL]}, b: {for: {in: '[1, 2]'}, do: [z: {if: '$item > 1', set: {n: '${ $item }'}}]}]}}
    - t: {try: [r: {raise: {error: {type: 'https://example.com/e', status: 500}}}], catch: {do: [h: {set: '${ . }'}]}}
    """
    ran = Tiring({"y": After(1000, "called")}).run(flow(text))

    assert ran.output == ["called", {"n": 2}]
    assert len(ran.started) == 1


def test_branches_share_what_a_tired_pass_can_do():
    steps = ", ".join(f"s{at}: {{set: {{n: {at}}}}}" for at in range(100))
    text = f"[f: {{fork: {{compete: true, branches: [a: {{do: [s: {{set: {{n: 1}}, then: s}}]}}, b: {{do: [{steps}]}}]}}}}]"
    ran = Tiring().run(flow(text))

    assert ran.output == {"n": 99}


def test_a_pass_makes_some_steps_however_slow_the_machine_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Tiring, "after", 1)

    ran = Tiring().run(flow("[l: {for: {in: '[range(100)]'}, do: [a: {set: {n: 1}}]}]"))

    assert ran.completed
    assert ran.steps < 100 + LEAST_PACE


def test_the_input_counts_as_part_of_the_state():
    text = "[a: {set: {n: 1}}]"
    assert fault_of(World(limits=Limits(value_bytes=1000)).run(flow(text), "x" * 1000)) == ("validation", 400, "")
    assert fault_of(World(limits=Limits(depth=3)).run(flow(text), [[[[1]]]])) == ("validation", 400, "")


def test_an_error_is_not_raised_with_more_than_a_state_holds():
    text = "[t: {try: [r: {raise: {error: {type: 'https://e', status: 500, title: '${ . }', detail: '${ . }'}}}], catch: {do: [c: {set: {n: 1}}]}}]"
    assert World(limits=Limits(value_bytes=1000)).run(flow(text), "x" * 600).completed
    uncaught = text.replace("catch: {", "catch: {errors: {with: {status: 500}}, ")
    ran = World(limits=Limits(value_bytes=1000)).run(flow(uncaught), "x" * 600)
    assert ran.problem["type"] == PREFIX + "validation"


# Captures

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["", "x" * 250, "#5:a"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "b/~", "c" * 60, "\ud800"]), inner, max_size=4)
    ),
)


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_what_is_captured_is_restored(values: list[Json]):
    before = {"one": values, "again": {"deep": [*values, values]}}

    captured = capture(before)

    restored = restore(json.loads(json.dumps(captured)))
    assert encode(restored) == encode(before)


@given(VALUES)
def test_an_equal_value_of_some_length_is_written_once(value: Json):
    text = encode(value)
    alone, twice = capture({"a": value}), capture({"a": value, "b": [value]})

    if len(text) >= 200:
        assert len(encode(twice["state"])) <= len(encode(alone["state"])) + 20


def test_a_capture_writes_each_part_once_however_deep_it_stands(monkeypatch: pytest.MonkeyPatch):
    written = 0

    def noted(value: Json) -> str:
        nonlocal written
        written += len(text := encode(value))
        return text

    monkeypatch.setattr(state, "encode", noted)
    frame: Json = ["x" * 100_000]
    for _ in range(300):
        frame = {"kid": frame}
    capture(frame)

    assert written < 250_000


# Traces


def test_notices_that_would_go_at_once_are_not_written(monkeypatch: pytest.MonkeyPatch):
    written: list[Json] = []

    def noted(value: Json) -> str:
        written.append(value)
        return encode(value)

    monkeypatch.setattr(trace, "encode", noted)
    value = {"text": "x" * 20_000}
    others = [{"n": n, "text": "y" * 20_000} for n in range(500)]

    def told(output: Json) -> Notice:
        return Notice(kind="completed", reference="/do/0/a", name="a", kind_of_task="set", at=1, data={"output": output})

    trace_ = Trace()
    trace_.add([told(value) for _ in range(40_000)])
    trace_.add([told(other) for other in others])

    assert len(written) < 100
    assert trace_.as_json()["last"] == 40_500


# Wide forks


def wide(branch: str, count: int) -> str:
    return f"[f: {{fork: {{branches: [{', '.join(f'b{at}: {branch}' for at in range(count))}]}}}}]"


@pytest.mark.parametrize("branch", ["CALL", "{do: [c: CALL, d: CALL]}", "{fork: {branches: [c: CALL, d: CALL]}}"])
@pytest.mark.parametrize("often", [1, 7, 10**9])
def test_calls_that_cannot_start_yet_are_made_when_there_is_room(branch: str, often: int):
    world = World({"call.http": [After(delay * 37 % 101, delay) for delay in range(200)]}, limits=Limits(in_flight=5))
    ran = world.run(flow(wide(branch, 60)), interrupt=lambda step: step % often == 0)

    assert ran.completed
    assert len(ran.started) == (60 if branch == "CALL" else 120)
    assert ran.cancelled == []


def test_the_state_of_a_very_wide_fork_can_be_captured():
    states = []

    class Seen(World):
        def carry(self, state: Json) -> Json:
            states.append(len(encode(capture(state))))
            return super().carry(state)

    ran = Seen({"call.http": After(1000, {"n": 1})}).run(
        flow(wide("CALL", 5_000)), {"text": "x" * 150}, interrupt=lambda step: step % 3 == 0
    )

    assert ran.output == [{"n": 1}] * 5_000
    assert max(states) < 1_750_000
