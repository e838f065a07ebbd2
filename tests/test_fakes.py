"""The fake world is code that other tests rest on, so it has tests of its own."""

from __future__ import annotations

import pytest

from interpreter.defaults import Limits
from interpreter.effects import Effect
from interpreter.faults import Fault
from tests.fakes import START, After, InProcess, Stuck, World
from tests.interpreter.documents import event, failing, flow

# The evaluator


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (".n", 1),
        ("$a + $b.c", 5),
        ("empty", None),
        ("1, 2", [1, 2]),
        ("[]", []),
        ("now", 1.5),
        ("$a # why", 2),
        ("10000000000000000000000", 10**22),
    ],
)
def test_the_evaluator_evaluates(expression, value):
    assert InProcess().evaluate([expression], {"n": 1}, {"a": 2, "b": {"c": 3}}, 1500, "/").values == [value]


@pytest.mark.parametrize("expression", [".n.m", "nonsense", "$absent", "1 +", "error", ") | ("])
def test_the_evaluator_raises_faults_for_what_is_wrong(expression):
    with pytest.raises(Fault):
        InProcess().evaluate([expression], {"n": 1}, {}, 0, "/")


def test_the_evaluator_asks_only_for_variables_that_are_named():
    class Asked(dict[str, int]):
        def __getitem__(self, name):
            assert name == "a"
            return super().__getitem__(name)

    assert InProcess().evaluate(["$a"], None, Asked(a=1, b=2), 0, "/").values == [1]


def test_the_evaluator_checks_and_matches():
    evaluator = InProcess()
    assert evaluator.check({"type": "object"}, {}, "/") is None
    assert "not of type" in str(evaluator.check({"type": "object"}, 5, "/"))
    assert evaluator.matches("a+", "aa", "/")
    assert not evaluator.matches("a+", "aab", "/")
    assert not evaluator.matches("(", "(", "/")


# The world


def test_time_is_virtual_and_goes_from_happening_to_happening():
    ran = World().run(flow("[a: {wait: P1D}, b: {wait: P1D}]"))
    assert (ran.end, ran.steps) == (2 * 86_400_000, 3)


def test_answers_are_given_by_name_before_kind_in_order_and_when_they_are_due():
    world = World({"a": [1, After(500, 2)], "call.http": lambda effect: effect.name})
    ran = world.run(flow("[l: {for: {in: '[1, 2]'}, do: [a: CALL]}, b: CALL]"))
    assert (ran.output, [one.at for one in ran.started]) == ("b", [0, 0, 500])
    assert [notice.data["output"] for notice in ran.notices if notice.kind == "completed" and notice.name == "a"] == [1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        failing("communication", 503),
        After(100, failing("communication", 503)),
        lambda _: failing("communication", 503),
        lambda _: After(100, failing("communication", 503)),
        After(50, lambda _: After(50, failing("communication", 503))),
    ],
)
def test_an_answer_may_be_a_fault_in_every_form(answer):
    assert World({"a": answer}).run(flow("[a: CALL]")).problem["status"] == 503


def test_a_function_may_raise_its_fault():
    def answer(effect: Effect):
        raise failing("communication", 503)

    assert World({"a": answer}).run(flow("[a: CALL]")).problem["status"] == 503


def test_an_answer_nobody_scripted_is_a_mistake_of_the_test():
    with pytest.raises(AssertionError, match="no answer is scripted"):
        World().run(flow("[a: CALL]"))


def test_events_come_when_they_are_due_sorted_by_time():
    ran = World(events=[(2000, event("t", 2)), (1000, event("t", 1))]).run(flow("[a: {listen: {to: {any: [], until: 'length == 2'}}}]"))
    assert (ran.output, ran.end) == ([1, 2], 2000)


def test_what_is_no_longer_wanted_is_cancelled_and_its_answer_never_comes():
    ran = World({"a": After(5000, "late")}).run(
        flow(
            "[t: {try: [a: {call: http, timeout: {after: PT1S}, with: {method: get, endpoint: 'https://example.com'}}], catch: {}}, w: {wait: PT9S}]"
        )
    )
    assert (ran.cancelled, ran.end) == (["/do/0/t/try/0/a"], 10_000)


def test_a_run_that_nothing_can_wake_is_stuck():
    with pytest.raises(Stuck):
        World().run(flow("[a: {listen: {to: {one: {with: {type: t}}}}}]"))


def test_a_run_may_be_left_before_its_end():
    ran = World().run(flow("[a: {wait: PT1H}]"), until=1000)
    assert not ran.completed
    assert ran.problem is None


def test_the_state_goes_through_json_where_it_is_asked_for():
    carried = []

    class Watched(World):
        def carry(self, state):
            carried.append(state["n"])
            return super().carry(state)

    ran = Watched({"a": 1}).run(flow("[a: CALL, b: {wait: PT1S}, c: {wait: PT1S}]"), interrupt=lambda step: step in {1, 3})
    assert ran.completed
    assert len(carried) == 2


def test_coming_back_after_a_cut_takes_the_time_it_is_said_to_take():
    ran = World(limits=Limits(steps=2), yielding=10).run(flow("[l: {for: {in: '[range(6)]'}, do: [a: {set: {n: 1}}]}]"))
    assert ran.end == 10 * (ran.steps - 1)


def test_an_outage_lets_time_go_by_unseen():
    ran = World(outages={1: 5000}).run(flow("[a: {wait: PT1S}, b: {wait: PT1S}]"))
    assert (ran.steps, ran.end) == (2, 6000)


def test_retries_that_are_handed_down_are_made_here():
    answers = [After(100, failing("communication", 503)), "ok"]
    ran = World({"a": answers}).run(flow("[t: {try: [a: CALL], catch: {retry: {delay: PT1S, limit: {attempt: {count: 5}}}}}]"))
    assert (ran.output, [one.at for one in ran.started], ran.end) == ("ok", [0, 1100], 1100)
    assert [(notice.data["attempt"], notice.at - START) for notice in ran.notices if notice.kind == "retried"] == [(1, 100)]


def test_scripts_of_one_world_are_used_up_those_of_another_are_not():
    answers = {"a": [1]}
    assert [World(answers).run(flow("[a: CALL]")).output for _ in range(2)] == [1, 1]
