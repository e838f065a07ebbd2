from __future__ import annotations

import pytest

from interpreter.defaults import Limits
from interpreter.effects import Completed, Faulted
from interpreter.engine import advance, begin
from interpreter.evaluator import Held
from interpreter.faults import PREFIX
from interpreter.state import deliver, receive
from tests.fakes import START, After, InProcess, World
from tests.interpreter.documents import event, failing, fault_of, flow


class Steps:
    """A run taken by hand, pass by pass."""

    def __init__(self, definition, input=None, world: World | None = None) -> None:
        self.definition = definition
        self.host = (world or World()).host()
        self.state = begin(input, id="run-1", seed="seed-1", now=START)

    def at(self, after: int):
        """A pass so many milliseconds after the start."""
        return advance(self.definition, self.state, START + after, self.host)


# The workflow


def test_the_order_of_operations_of_a_workflow():
    ran = World().run(
        flow(
            "[a: {set: {n: '${ .n + 1 }'}, export: {as: '{ n: .n }'}}]",
            input="{schema: {document: {required: [payload]}}, from: .payload}",
            output="{as: '{ last: .n, context: $context.n }', schema: {document: {required: [last]}}}",
        ),
        {"payload": {"n": 1}},
    )
    assert ran.output == {"last": 2, "context": 2}


@pytest.mark.parametrize(
    ("root", "order"),
    [
        ({"input": "{schema: {document: {required: [absent]}}}"}, []),
        ({"output": "{schema: {document: {required: [absent]}}}"}, ["a"]),
        ({"output": "{as: .n, schema: {document: {type: string}}}"}, ["a"]),
    ],
)
def test_each_check_of_the_workflow_raises_validation(root, order):
    ran = World().run(flow("[a: {set: {n: 1}}]", **root))
    assert fault_of(ran) == ("validation", 400, "")
    assert ran.order() == order


def test_the_workflows_input_check_sees_the_raw_input():
    root = "{schema: {document: {required: [payload]}}, from: .payload}"
    assert World().run(flow("[a: {set: '${ . }'}]", input=root), {"payload": 1}).output == 1


@pytest.mark.parametrize(
    "root",
    [
        {"input": "{from: $context}"},
        {"input": "{from: $task.name}"},
        {"input": "{from: $input}"},
        {"output": "{as: $input}"},
        {"output": "{as: $task.name}"},
    ],
)
def test_arguments_the_workflow_does_not_have(root):
    assert fault_of(World().run(flow("[a: {set: {n: 1}}]", **root))) == ("expression", 400, "")


def test_arguments_the_workflow_has():
    root = {
        "input": "{from: '{ id: $workflow.id, raw: $workflow.input, by: $runtime.name }'}",
        "output": "{as: '{ got: ., since: $workflow.startedAt, name: $workflow.definition.document.name, context: $context }'}",
    }
    ran = World().run(flow("[a: {set: '${ . }'}]", **root), {"n": 1})
    assert ran.output == {
        "got": {"id": "run-1", "raw": {"n": 1}, "by": "swtemporal"},
        "since": {"iso8601": "2026-01-01T00:00:00.000Z", "epoch": {"seconds": START // 1000, "milliseconds": START}},
        "name": "flow",
        "context": {},
    }


def test_a_null_input_stays_null():
    assert World().run(flow("[a: {set: {got: '${ . }'}}]"), None).output == {"got": None}


def test_the_run_itself_is_told_of_like_a_task():
    ran = World().run(flow("[a: {wait: PT1S}]"), {"n": 1})
    told = [(notice.kind, notice.name, notice.kind_of_task, notice.at - START) for notice in ran.notices if notice.reference == ""]
    assert told == [("started", "flow", "workflow", 0), ("completed", "flow", "workflow", 1000)]


def test_an_uncaught_error_ends_the_run_with_the_problem():
    ran = World({"a": failing("communication", 404)}).run(flow("[a: CALL, b: {set: {n: 1}}]"))
    assert fault_of(ran) == ("communication", 404, "/do/0/a")
    assert ran.order() == ["a"]


# Time


def test_the_workflows_timeout_cuts_everything_off_and_cannot_be_caught():
    text = "[t: {try: [a: CALL], catch: {do: [c: {set: {caught: true}}]}}]"
    ran = World({"a": After(60_000, {})}).run(flow(text, timeout="{after: PT5S}"))
    assert fault_of(ran) == ("timeout", 408, "")
    assert (ran.cancelled, ran.end) == (["/do/0/t/try/0/a"], 5000)
    assert ran.told("cancelled") == ["a", "t"]


def test_the_workflows_timeout_may_be_named_or_computed_from_the_input():
    use = "{timeouts: {short: {after: PT2S}}}"
    assert World().run(flow("[w: {wait: PT9S}]", use=use, timeout="short")).end == 2000
    assert World().run(flow("[w: {wait: PT9S}]", timeout="{after: '${ .max }'}"), {"max": "PT3S"}).end == 3000


def test_deadlines_that_passed_while_nobody_looked_fire_in_their_order():
    text = """
    - outer:
        timeout: {after: PT10S}
        try:
          - inner: {timeout: {after: PT5S}, wait: PT1H}
        catch:
          errors: {with: {instance: /do/0/outer/try/0/inner}}
          do:
            - caught: {set: {at: '${ $task.startedAt.epoch.seconds }'}}
    """
    steps = Steps(flow(text))
    assert steps.at(0).outcome is None
    assert steps.at(3_600_000).outcome == Completed({"at": START // 1000 + 5})


def test_waits_that_passed_while_nobody_looked_follow_each_other_at_their_own_instants():
    steps = Steps(flow("[a: {wait: PT5S}, b: {wait: PT7S}, c: {set: {at: '${ $task.startedAt.epoch.seconds }'}}]"))
    steps.at(0)
    done = steps.at(100_000)
    assert done.outcome == Completed({"at": START // 1000 + 12})
    assert [notice.at - START for notice in done.notices if notice.kind == "completed"] == [5000, 12_000, 12_000, 12_000]


def test_an_effect_that_becomes_wanted_in_the_past_is_wanted_once_and_timed_out_in_order():
    text = "[a: {wait: PT5S}, t: {try: [c: {timeout: {after: PT2S}, do: [d: CALL]}], catch: {do: [h: {set: {late: true}}]}}]"
    steps = Steps(flow(text))
    steps.at(0)
    assert steps.at(100_000).outcome == Completed({"late": True})


def test_a_result_that_is_already_there_beats_a_deadline_of_the_same_instant():
    text = "[a: {timeout: {after: PT5S}, do: [c: CALL]}]"
    assert World({"c": After(5000, "in time")}).run(flow(text)).output == "in time"
    assert fault_of(World({"c": After(5001, "late")}).run(flow(text))) == ("timeout", 408, "/do/0/a")


def test_a_wait_that_ends_with_the_deadline_is_in_time():
    assert World().run(flow("[a: {timeout: {after: PT5S}, wait: PT5S}]")).completed


def test_a_wake_up_for_nothing_changes_nothing():
    steps = Steps(flow("[a: CALL, w: {wait: PT5S}]"))
    first = steps.at(0)
    again = [steps.at(at) for at in (0, 1, 1000)]
    assert [effect.id for effect in first.wanted] == ["/do/0/a#1"]
    assert all(one.wanted == first.wanted and not one.notices for one in again)


# Effects


def test_effect_ids_are_the_reference_and_a_number_that_never_repeats():
    ids = []

    def answer(effect):
        ids.append(effect.id)
        return {}

    World({"call.http": answer}).run(flow("[l: {for: {in: '[1, 2]'}, do: [a: CALL]}, b: CALL]"))
    assert ids == ["/do/0/l/do/0/a#1", "/do/0/l/do/0/a#2", "/do/1/b#3"]


def test_an_answer_that_came_too_late_to_count_is_not_kept():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL]}}, w: {wait: PT1S}]"
    steps = Steps(flow(text))
    for effect in steps.at(0).wanted:
        deliver(steps.state, effect.id, {"value": effect.name})
    assert steps.at(1000).outcome is None
    assert steps.state["results"] == {}


def test_a_result_too_large_for_the_state_is_a_fault_that_can_be_caught():
    text = "[t: {try: [a: CALL], catch: {as: e, do: [c: {set: {type: '${ $e.type }', at: '${ $e.instance }'}}]}}]"
    ran = World({"a": "x" * 3000}, limits=Limits(value_bytes=2000)).run(flow(text))
    assert ran.output == {"type": PREFIX + "validation", "at": "/do/0/t/try/0/a"}


def test_arguments_too_large_to_send_are_a_fault_and_nothing_is_sent():
    text = "[a: {call: http, with: {method: post, endpoint: 'https://example.com', body: '${ [.text, .text, .text] }'}}]"
    ran = World(limits=Limits(value_bytes=2000)).run(flow(text), {"text": "x" * 900})
    assert fault_of(ran) == ("validation", 400, "/do/0/a")
    assert ran.started == []


def test_input_document_and_state_together_are_limited():
    text = "[l: {for: {in: '[range(100)]'}, do: [a: {set: {all: '${ .all + [\"x\" * 100] }'}}]}]"
    assert World(limits=Limits(total_bytes=20_000)).run(flow(text), {"all": []}).problem["type"] == PREFIX + "validation"
    assert World(limits=Limits(total_bytes=200_000)).run(flow(text), {"all": []}).completed


def test_values_that_have_left_the_state_do_not_count():
    text = "[l: {for: {in: '[range(200)]'}, do: [a: {set: {text: '${ \"x\" * 1000 }'}}]}]"
    assert World(limits=Limits(total_bytes=20_000)).run(flow(text)).completed


# Step budget


def test_a_hundred_thousand_iterations():
    text = "[l: {for: {in: '[range(100000)]'}, do: [a: {if: 'false', set: {n: 1}}]}]"
    ran = World().run(flow(text), {"n": 7})
    assert (ran.output, ran.steps) == ({"n": 7}, 6)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_how_often_a_pass_is_cut_does_not_change_what_comes_out(steps):
    text = """
    - f: {fork: {branches: [a: {do: [x: {set: {n: 1}}, y: CALL]}, b: {for: {in: '[1, 2]'}, do: [z: {set: {n: '${ $item }'}}]}]}}
    - t: {try: [r: {raise: {error: {type: 'https://example.com/e', status: 500}}}], catch: {do: [h: {set: '${ . }'}]}}
    """
    world = {"y": After(1000, "called")}
    whole = World(world).run(flow(text))
    cut = World(world, limits=Limits(steps=steps)).run(flow(text))
    assert whole.output == ["called", {"n": 2}]
    assert (cut.output, cut.end, cut.started) == (whole.output, whole.end, whole.started)
    assert cut.steps > whole.steps


def test_a_loop_that_never_waits_is_ended_by_its_timeout():
    spin = "[t: {try: [o: {timeout: {after: PT5S}, do: [a: {set: {n: 1}, then: a}]}], catch: {do: [h: {set: {late: true}}]}}]"
    ran = World(limits=Limits(steps=100), yielding=40).run(flow(spin))
    assert ran.output == {"late": True}
    assert [(notice.name, notice.at - START) for notice in ran.notices if notice.kind == "faulted"] == [("o", 5000)]


def test_a_workflow_that_never_waits_is_ended_by_its_timeout_also_when_it_woke_late():
    text = "[w: {wait: PT2S}, a: {set: {n: 1}, then: a}]"
    steps = Steps(flow(text, timeout="{after: PT5S}"), world=World(limits=Limits(steps=100)))
    steps.at(0)
    done = [steps.at(60_000 + at) for at in range(5)]
    outcome = next(one.outcome for one in done if one.outcome is not None)
    assert isinstance(outcome, Faulted)
    assert outcome.problem.type == PREFIX + "timeout"


def test_a_loop_that_never_waits_can_be_ended_by_an_answer_beside_it():
    text = "[f: {fork: {compete: true, branches: [a: {do: [s: {set: {n: 1}, then: s}]}, b: CALL]}}]"
    ran = World({"b": After(300, "b")}, limits=Limits(steps=500), yielding=20).run(flow(text))
    assert (ran.output, ran.end) == ("b", 300)


# Evaluations that are stopped


class Holding(InProcess):
    """Stops at one expression."""

    def evaluate(self, expressions, dot, variables, now, place, **_):
        if "$context.hold" in expressions:
            raise Held("stopped", place=place, counted=True)
        return super().evaluate(expressions, dot, variables, now, place)


@pytest.mark.parametrize(
    "where", ["set: {v: '${ $context.hold }'}", "if: $context.hold, set: {n: 1}", "set: {n: 1}, output: {as: $context.hold}"]
)
def test_a_stopped_evaluation_is_no_fault_and_nothing_catches_it(where):
    text = f"[t: {{try: [f: {{fork: {{branches: [a: {{{where}}}]}}}}], catch: {{}}}}]"
    with pytest.raises(Held) as caught:
        World(evaluator=Holding()).run(flow(text))
    assert caught.value.place.startswith("/do/0/t/try/0/f/fork/branches/0/a~1:")


# Events


def test_events_that_nobody_takes_stay_in_the_inbox():
    ran = World(events=[(0, event("t", 1)), (0, event("u", 2)), (0, event("t", 3))]).run(
        flow("[a: {listen: {to: {one: {with: {type: t}}}}}]")
    )
    assert [one["data"] for one in ran.inbox] == [2, 3]


def test_events_do_not_disturb_a_run_that_does_not_listen():
    steps = Steps(flow("[a: {wait: PT5S}]"))
    steps.at(0)
    receive(steps.state, event("t", 1), steps.host.limits)
    assert steps.at(1000).notices == ()
