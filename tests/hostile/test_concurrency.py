"""What happens together has one meaning: uninterrupted, interrupted after every step, with passes cut short, and from outside in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from interpreter.defaults import Limits
from interpreter.engine import advance, begin
from interpreter.state import deliver, receive
from interpreter.values import Json
from tests.fakes import START, After, Ran, World
from tests.interpreter.documents import event, failing, fault_of, flow

Asked = Callable[[], dict[str, Any]]


def told(ran: Ran) -> tuple[object, ...]:
    """Everything that can be seen from outside."""
    started = [(one.reference, one.at, one.key) for one in ran.started]
    notices = [(one.kind, one.reference, one.at, one.index) for one in ran.notices]
    return (ran.completed, ran.output, ran.problem, ran.context, started, ran.cancelled, notices, ran.inbox, ran.end)


def ran(text: str, answers: Asked = dict, events: list[tuple[int, Json]] | None = None, input: Json = None, **root: Json) -> Ran:
    """How a run ends; the same however it is interrupted."""
    definition = flow(text, **root)
    whole = World(answers(), events or []).run(definition, input)
    for every in (1, 2, 3):

        def interrupt(step: int, every: int = every) -> bool:
            return step % every == 0

        assert told(World(answers(), events or []).run(definition, input, interrupt=interrupt)) == told(whole)
    cut = World(answers(), events or [], limits=Limits(steps=2)).run(definition, input)
    assert (cut.completed, cut.output, cut.problem, cut.context, cut.end) == (
        *(whole.completed, whole.output, whole.problem, whole.context, whole.end),
    )
    return whole


# Contexts


def test_contexts_of_forks_in_forks_are_folded_from_the_inside_out():
    inner = "{fork: {branches: [x: {set: {n: 1}, export: {as: '$context + {x: 1, who: \"x\"}'}}, y: {set: {n: 1}, export: {as: '$context + {y: 1}'}}]}}"
    text = f"""
    - start: {{set: {{n: 1}}, export: {{as: '{{ base: 1 }}'}}}}
    - f: {{fork: {{branches: [a: {inner}, b: {{set: {{n: 1}}, export: {{as: '$context + {{b: 1, who: "b"}}'}}}}]}}}}
    - after: {{set: '${{ $context }}'}}
    """
    assert ran(text).output == {"base": 1, "x": 1, "who": "b", "y": 1, "b": 1}


def test_a_fork_that_exports_itself_has_the_last_word():
    text = "[f: {fork: {branches: [a: {set: {n: 1}, export: {as: '{a: 1}'}}]}, export: {as: '$context + {f: .}'}}]"
    assert ran(text).context == {"a": 1, "f": [{"n": 1}]}


def test_what_an_iteration_exports_in_one_branch_is_seen_by_the_next_iteration_there_only():
    count = "{for: {in: '[1, 2, 3]'}, do: [s: {set: {n: '${ ($context.n // 0) + 1 }'}, export: {as: '{n: .n}'}}]}"
    assert ran(f"[f: {{fork: {{branches: [a: {count}, b: {count}]}}}}]").output == [{"n": 3}, {"n": 3}]


# Together


def test_competitors_that_complete_in_the_same_pass_tie_by_declaration():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL, c: {wait: PT1S}]}}]"
    assert ran(text, lambda: {"a": After(1000, "a"), "b": After(1000, "b")}).output == "a"


def test_a_fault_and_a_winner_in_the_same_pass():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL]}}]"
    assert ran(text, lambda: {"a": After(1000, failing("communication")), "b": After(1000, "b")}).output == "b"


def test_a_fault_and_a_result_in_the_same_pass_of_a_fork_that_waits_for_all():
    text = "[f: {fork: {branches: [a: CALL, b: CALL]}}]"
    result = ran(text, lambda: {"a": After(1000, "a"), "b": After(1000, failing("communication", 503))})
    assert fault_of(result) == ("communication", 503, "/do/0/f/fork/branches/1/b")
    assert result.cancelled == []


def test_the_first_declared_of_two_faults_in_the_same_pass_ends_the_fork():
    text = "[f: {fork: {branches: [a: CALL, b: CALL]}}]"
    answers = lambda: {"a": After(1000, failing("communication", 501)), "b": After(1000, failing("communication", 502))}  # noqa: E731
    assert fault_of(ran(text, answers)) == ("communication", 501, "/do/0/f/fork/branches/0/a")


@pytest.mark.parametrize(("a", "b", "who"), [(1000, 1000, "a"), (1000, 999, "b"), (999, 1000, "a")])
def test_end_in_two_branches(a: int, b: int, who: str):
    branch = "{do: [w: {wait: {milliseconds: %d}}, s: {set: {who: %s}, then: end}]}"
    assert ran(f"[f: {{fork: {{branches: [a: {branch % (a, 'a')}, b: {branch % (b, 'b')}]}}}}, after: {{set: {{n: 1}}}}]").output == {
        "who": who
    }


def test_end_in_a_branch_against_a_fault_in_another_of_the_same_instant():
    ends = "{do: [w: {wait: PT1S}, s: {set: {n: 1}, then: end}]}"
    faults = "{do: [w: {wait: PT1S}, r: {raise: {error: {type: 'https://e', status: 500}}}]}"
    assert ran(f"[f: {{fork: {{branches: [a: {ends}, b: {faults}]}}}}]").output == {"n": 1}
    assert fault_of(ran(f"[f: {{fork: {{branches: [a: {faults}, b: {ends}]}}}}]")) == ("https://e", 500, "/do/0/f/fork/branches/0/a/do/1/r")


def test_end_within_a_catch_within_a_loop_within_a_branch():
    text = """
    - f:
        fork:
          branches:
            - a: {wait: PT9S}
            - b:
                for: {in: '[1, 2, 3]'}
                do:
                  - t: {try: [c: CALL], catch: {do: [s: {set: {at: '${ $item }'}, then: end}]}}
    - after: {set: {n: 1}}
    """
    result = ran(text, lambda: {"c": [After(10, 1), After(10, failing("communication"))]})
    assert (result.output, result.end) == ({"at": 2}, 20)


# Time


@pytest.mark.parametrize(("limit", "output"), [("PT3S", "late"), ("PT3.001S", "done")])
def test_a_timeout_against_the_retry_that_would_succeed(limit: str, output: str):
    text = f"""
    - outer:
        try:
          - o:
              timeout: {{after: {limit}}}
              do:
                - t: {{try: [c: CALL, d: {{wait: PT0S}}], catch: {{retry: {{delay: PT2S, limit: {{attempt: {{count: 5}}}}}}}}}}
        catch: {{errors: {{with: {{type: 'https://serverlessworkflow.io/spec/1.0.0/errors/timeout'}}}}, do: [h: {{set: '${{ "late" }}'}}]}}
    """
    answers = lambda: {"c": [After(500, failing("communication")), After(501, "done")]}  # noqa: E731
    result = ran(text, answers)
    assert result.output == output
    assert len(result.started) == 2


def test_a_timeout_while_backing_off_starts_no_other_attempt():
    text = "[o: {timeout: {after: PT1S}, do: [t: {try: [c: CALL, d: {wait: PT0S}], catch: {retry: {delay: PT2S, limit: {attempt: {count: 5}}}}}]}]"
    result = ran(text, lambda: {"c": [After(500, failing("communication"))]})
    assert fault_of(result) == ("timeout", 408, "/do/0/o")
    assert (len(result.started), result.end) == (1, 1000)


def test_timeouts_of_two_branches_at_the_same_instant():
    branch = "{timeout: {after: PT1S}, do: [w: {wait: PT9S}]}"
    result = ran(
        f"[t: {{try: [f: {{fork: {{branches: [a: {branch}, b: {branch}]}}}}], catch: {{as: e, do: [h: {{set: {{at: '${{ $e.instance }}'}}}}]}}}}]"
    )
    assert (result.output, result.end) == ({"at": "/do/0/t/try/0/f/fork/branches/0/a"}, 1000)


def test_the_timeout_of_the_outer_task_at_the_instant_of_the_inner_one():
    text = "[o: {timeout: {after: PT1S}, try: [i: {timeout: {after: PT1S}, wait: PT9S}], catch: {do: [h: {set: {n: 1}}]}}]"
    assert ran(text).output == {"n": 1}


def test_a_timeout_at_the_instant_of_an_event():
    text = "[l: {timeout: {after: PT1S}, listen: {to: {one: {with: {type: t}}}}}]"
    assert ran(text, events=[(1000, event("t", 1))]).output == [1]
    assert fault_of(ran(text, events=[(1001, event("t", 1))])) == ("timeout", 408, "/do/0/l")


# Events

LISTEN = "{listen: {to: {one: {with: {type: t}}}}}"


def test_two_events_in_one_burst_feed_two_branches_in_document_order():
    text = f"[f: {{fork: {{branches: [a: {LISTEN}, b: {LISTEN}]}}}}]"
    assert ran(text, events=[(10, event("t", 1)), (10, event("t", 2))]).output == [[1], [2]]


def test_one_event_feeds_one_of_two_competitors_and_the_other_keeps_nothing():
    text = f"[f: {{fork: {{compete: true, branches: [a: {LISTEN}, b: {LISTEN}]}}}}, l: {LISTEN}]"
    assert ran(text, events=[(10, event("t", 1)), (10, event("t", 2))]).output == [2]


def test_an_event_before_any_listen_waits_for_the_first_that_wants_it():
    text = f"[w: {{wait: PT1S}}, f: {{fork: {{branches: [a: {{do: [w: {{wait: PT1S}}, l: {LISTEN}]}}, b: {LISTEN}]}}}}]"
    assert ran(text, events=[(1, event("t", 1)), (5000, event("t", 2))]).output == [[2], [1]]


def test_an_event_that_was_consumed_by_an_attempt_that_failed_is_gone():
    text = f"""
    - t:
        try: [l: {LISTEN}, c: CALL, s: {{set: '${{ . }}'}}]
        catch: {{retry: {{delay: PT1S, limit: {{attempt: {{count: 2}}}}}}}}
    """
    answers = lambda: {"c": [After(0, failing("communication")), After(0, "done")]}  # noqa: E731
    result = ran(text, answers, events=[(1, event("t", 1)), (5000, event("t", 2))])
    assert (result.output, result.end) == ("done", 5000)


# From outside in, pass by pass


def test_a_result_and_an_alarm_of_one_instant_seen_late_count_in_their_order():
    definition = flow("[f: {fork: {compete: true, branches: [a: {do: [w: {wait: PT5S}, s: {set: {who: a}}]}, b: CALL]}}]")
    state = begin(None, id="run-1", seed="seed-1", now=START)
    host = World().host()
    (effect,) = advance(definition, state, START, host).wanted
    deliver(state, effect.id, {"value": "b"})
    assert advance(definition, state, START + 60_000, host).outcome is not None
    assert state["results"] == {}


def test_events_that_queue_while_no_pass_is_made_are_all_there():
    definition = flow("[l: {listen: {to: {any: [{with: {type: t}}], until: '(. | length) == 50'}}}]")
    state = begin(None, id="run-1", seed="seed-1", now=START)
    host = World().host()
    advance(definition, state, START, host)
    for number in range(50):
        receive(state, event("t", number), host.limits)
    done = advance(definition, state, START + 1, host)
    assert done.outcome is not None
    assert done.outcome.output == list(range(50))  # type: ignore[union-attr]
