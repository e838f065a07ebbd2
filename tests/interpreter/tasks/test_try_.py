from __future__ import annotations

import pytest

from interpreter.defaults import Limits
from interpreter.effects import Completed
from interpreter.engine import advance, begin
from interpreter.faults import PREFIX, PREFIXES, standard
from interpreter.state import deliver
from tests.fakes import START, After, World
from tests.interpreter.documents import custom, failing, fault_of, flow

HANDLED = {"handled": True}


def trying(catch: str, tasks: str = "[a: CALL]") -> str:
    return f"[t: {{try: {tasks}, catch: {catch}}}]"


def caught_by(filter: str, answer) -> bool:
    ran = World({"a": answer}).run(flow(trying(f"{{errors: {{with: {filter}}}, do: [h: {{set: {{handled: true}}}}]}}")))
    if ran.completed:
        assert ran.output == HANDLED
    return ran.completed


# Which errors are caught


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("raised", [PREFIX, PREFIXES[1]])
def test_a_standard_type_is_the_same_under_every_prefix_it_was_published_under(prefix, raised):
    assert caught_by(f"{{type: '{prefix}communication'}}", custom(f"{raised}communication"))
    assert not caught_by(f"{{type: '{prefix}timeout'}}", custom(f"{raised}communication"))


def test_a_type_of_ones_own_must_be_equal():
    assert caught_by("{type: 'https://example.com/e'}", custom("https://example.com/e"))
    assert not caught_by(f"{{type: '{PREFIX}mine'}}", custom(f"{PREFIXES[1]}mine"))


@pytest.mark.parametrize(
    ("filter", "caught"),
    [
        ("{status: 503}", True),
        ("{status: 500}", False),
        ("{title: Down}", True),
        ("{title: Up}", False),
        ("{detail: for repair}", True),
        ("{details: for repair}", True),
        ("{detail: for tea}", False),
        ("{instance: /do/0/t/try/0/a}", True),
        ("{instance: /do/0/t}", False),
        ("{status: 503, title: Down}", True),
        ("{status: 503, title: Up}", False),
    ],
)
def test_every_member_of_the_filter_must_be_equal(filter, caught):
    assert caught_by(filter, custom("https://example.com/e", 503, title="Down", detail="for repair")) is caught


@pytest.mark.parametrize("catch", ["{do: [h: {set: {handled: true}}]}", "{errors: {}, do: [h: {set: {handled: true}}]}"])
def test_without_a_filter_everything_is_caught(catch):
    assert World({"a": custom("https://example.com/e")}).run(flow(trying(catch))).output == HANDLED


def test_an_error_that_nothing_matches_passes_unchanged():
    ran = World({"a": custom("https://example.com/e", 418, title="T", detail="D")}).run(flow(trying("{errors: {with: {status: 500}}}")))
    assert ran.problem == {"type": "https://example.com/e", "status": 418, "title": "T", "detail": "D", "instance": "/do/0/t/try/0/a"}


@pytest.mark.parametrize(
    ("catch", "caught"),
    [
        ("when: .status == 503", True),
        ("when: '${ .status == 500 }'", False),
        ("when: $error.status == 503", True),
        ("as: problem, when: $problem.status == 503", True),
        ("exceptWhen: .status == 503", False),
        ("exceptWhen: .status == 500", True),
        ("when: .status == 503, exceptWhen: $error.status == 503", False),
        ("when: $context.absent", False),
        ("when: $input.n == 1", True),
    ],
)
def test_when_and_except_when_see_the_error(catch, caught):
    ran = World({"a": failing("communication", 503)}).run(flow(trying(f"{{{catch}, do: [h: {{set: {{handled: true}}}}]}}")), {"n": 1})
    assert ran.completed is caught


def test_a_condition_that_fails_is_an_error_of_the_try():
    ran = World({"a": failing("communication", 503)}).run(flow(trying("{when: '.status | error'}")))
    assert fault_of(ran) == ("expression", 400, "/do/0/t")


@pytest.mark.parametrize(
    ("tasks", "type"),
    [
        ("[a: {set: '${ error }'}]", "expression"),
        ("[a: {set: {n: 1}, output: {schema: {document: {type: string}}}}]", "validation"),
        ("[a: {timeout: {after: PT1S}, wait: PT5S}]", "timeout"),
        ("[a: {raise: {error: absent}}]", "configuration"),
        ("[a: {do: [b: {fork: {branches: [c: {for: {in: 'error'}, do: []}]}}]}]", "expression"),
    ],
)
def test_every_kind_of_error_can_be_caught(tasks, type):
    ran = World().run(flow(trying("{do: [h: {set: {type: '${ $error.type }'}}]}", tasks)))
    assert ran.output == {"type": PREFIX + type}


# What becomes of them


def test_without_error_the_output_is_that_of_the_list():
    assert World({"a": 5}).run(flow(trying("{do: [h: {set: {handled: true}}]}"))).output == 5


def test_swallowed_the_output_is_the_shaped_input():
    text = "[t: {input: {from: .payload}, try: [s: {set: {n: 9}}, a: CALL], catch: {}}]"
    assert World({"a": failing("communication")}).run(flow(text), {"payload": {"n": 1}}).output == {"n": 1}


def test_the_handler_gets_the_shaped_input_the_error_and_the_context_as_it_was_left():
    text = """
    - t:
        input: {from: .payload}
        try: [s: {set: {n: 9}, export: {as: '{ left: true }'}}, a: CALL]
        catch: {as: e, do: [h: {set: {input: '${ . }', status: '${ $e.status }', context: '${ $context }'}}]}
    """
    ran = World({"a": failing("communication", 503)}).run(flow(text), {"payload": {"n": 1}})
    assert ran.output == {"input": {"n": 1}, "status": 503, "context": {"left": True}}


def test_the_error_as_a_variable_is_the_whole_problem_and_exists_only_in_the_catch():
    seen = World({"a": failing("communication", 503, "gone")}).run(flow(trying("{do: [h: {do: [i: {set: '${ $error }'}]}]}")))
    assert seen.output == {
        "type": PREFIX + "communication",
        "status": 503,
        "instance": "/do/0/t/try/0/a",
        "title": "Communication error",
        "detail": "gone",
    }
    after = flow("[t: {try: [a: CALL], catch: {}}, b: {set: {e: '${ $error }'}}]")
    assert fault_of(World({"a": failing("communication")}).run(after)) == ("expression", 400, "/do/1/b")


def test_an_error_in_the_handler_goes_upward():
    ran = World({"a": failing("communication"), "h": failing("communication", 418)}).run(flow(trying("{do: [h: CALL]}")))
    assert fault_of(ran) == ("communication", 418, "/do/0/t/catch/do/0/h")


def test_the_inner_try_is_asked_before_the_outer():
    inner = "[i: {try: [a: CALL], catch: {errors: {with: {status: 404}}, do: [x: {set: {by: inner}}]}}]"
    text = trying("{do: [y: {set: {by: outer}}]}", inner)
    assert World({"a": failing("communication", 404)}).run(flow(text)).output == {"by": "inner"}
    assert World({"a": failing("communication", 500)}).run(flow(text)).output == {"by": "outer"}


@pytest.mark.parametrize(("then", "order"), [("end", ["t", "a", "h"]), ("exit", ["t", "a", "h"]), ("c", ["t", "a", "h", "c"])])
def test_then_of_the_catch_applies_when_the_error_was_handled(then, order):
    text = f"[t: {{try: [a: CALL], catch: {{do: [h: {{set: {{n: 1}}}}], then: {then}}}}}, b: {{set: {{n: 2}}}}, c: {{set: {{n: 3}}}}]"
    assert World({"a": failing("communication")}).run(flow(text)).order() == order
    assert World({"a": 5}).run(flow(text)).order() == ["t", "a", "b", "c"]


def test_then_of_the_catch_applies_to_what_is_swallowed_but_not_after_a_retry_that_succeeded():
    text = "[t: {try: [a: CALL], catch: {retry: {limit: {attempt: {count: 1}}}, do: [h: {set: {n: 1}}], then: end}}, b: {set: {n: 2}}]"
    assert World({"a": [failing("communication"), 5]}).run(flow(text)).order() == ["t", "a", "b"]
    assert World({"a": failing("communication")}).run(flow(text)).order()[-1] == "h"
    swallowed = "[t: {try: [a: CALL], catch: {then: end}}, b: {set: {n: 2}}]"
    assert World({"a": failing("communication")}).run(flow(swallowed)).order() == ["t", "a"]


def test_then_of_the_try_applies_where_the_catch_has_none():
    text = "[t: {try: [a: CALL], catch: {}, then: c}, b: {set: {n: 2}}, c: {set: {n: 3}}]"
    assert World({"a": failing("communication")}).run(flow(text)).order() == ["t", "a", "c"]


@pytest.mark.parametrize("place", ["try", "catch"])
@pytest.mark.parametrize(("then", "goes_on"), [("exit", True), ("end", False)])
def test_exit_ends_the_list_and_end_the_workflow(place, then, goes_on):
    lists = {
        "try": f"try: [x: {{set: {{n: 1}}, then: {then}}}, never: {{set: {{n: 0}}}}], catch: {{}}",
        "catch": f"try: [a: CALL], catch: {{do: [x: {{set: {{n: 1}}, then: {then}}}, never: {{set: {{n: 0}}}}]}}",
    }
    ran = World({"a": failing("communication")}).run(flow(f"[t: {{{lists[place]}}}, after: {{set: '${{ . }}'}}]"))
    assert ran.output == {"n": 1}
    assert ("after" in ran.order()) is goes_on
    assert "never" not in ran.order()


# Timeouts


def test_the_tasks_timeout_covers_all_attempts_and_delays():
    text = "[t: {timeout: {after: PT10S}, try: [a: CALL, b: {set: {n: 1}}], catch: {retry: {delay: PT3S}}}]"
    ran = World({"a": After(1000, failing("communication"))}).run(flow(text))
    assert fault_of(ran) == ("timeout", 408, "/do/0/t")
    assert ([one.at for one in ran.started], ran.end) == ([0, 4000, 8000], 10_000)


def test_the_limit_of_one_attempt_ends_it_with_a_timeout_that_is_retried():
    text = "[t: {try: [w: {wait: PT1S}, a: CALL], catch: {retry: {delay: PT1S, limit: {attempt: {count: 1, duration: PT5S}}}}}]"
    ran = World({"a": [After(60_000, "late"), After(1000, "in time")]}).run(flow(text))
    assert (ran.output, ran.end) == ("in time", 8000)
    assert ([one.at for one in ran.started], ran.cancelled) == ([1000, 7000], ["/do/0/t/try/1/a"])
    assert ran.told("cancelled") == ["a"]


def test_an_attempt_that_ends_with_its_limit_is_in_time():
    text = "[t: {try: [w: {wait: PT5S}], catch: {retry: {limit: {attempt: {duration: PT5S}}}}}]"
    assert World().run(flow(text)).end == 5000


def test_the_limit_of_an_attempt_is_a_timeout_error_for_filters_and_handlers():
    retry = "retry: {limit: {attempt: {count: 0, duration: PT5S}}}"
    text = (
        f"[t: {{try: [a: CALL], catch: {{errors: {{with: {{status: 408}}}}, {retry}, do: [h: {{set: {{e: '${{ $error.instance }}'}}}}]}}}}]"
    )
    ran = World({"a": After(60_000, 1)}).run(flow(text))
    assert (ran.output, ran.end) == ({"e": "/do/0/t"}, 5000)


def test_a_failing_loop_of_retries_without_delay_is_cut_by_the_budget():
    text = "[t: {timeout: {after: PT1S}, try: [a: {raise: {error: {type: 'https://example.com/e', status: 500}}}], catch: {retry: {}}}]"
    ran = World(limits=Limits(steps=50), yielding=100).run(flow(text))
    assert fault_of(ran) == ("timeout", 408, "/do/0/t")


# What is told


def test_each_retry_is_told_with_its_number_error_and_next_instant():
    text = "[t: {try: [w: {wait: PT1S}, a: CALL], catch: {retry: {delay: PT2S, backoff: {linear: {}}, limit: {attempt: {count: 2}}}}}]"
    ran = World({"a": [failing("communication", 500), failing("communication", 501), "ok"]}).run(flow(text))
    told = [
        (one.name, one.data["attempt"], one.data["error"]["status"], one.at - START, one.data["next"] - START)
        for one in ran.notices
        if one.kind == "retried"
    ]
    assert told == [("t", 1, 500, 1000, 3000), ("t", 2, 501, 4000, 8000)]


def test_what_may_have_been_done_is_not_repeated_by_any_retry():
    lost = {"fault": standard("runtime", "the worker was lost").as_json(), "final": True}
    definition = flow("[outer: {try: [inner: {try: [c: CALL], catch: {retry: {}}}], catch: {retry: {}, do: [s: {set: {caught: true}}]}}]")
    host = World().host()
    state = begin({}, id="r", seed="s", now=START)
    wanted = advance(definition, state, START, host).wanted
    deliver(state, wanted[0].id, lost)
    assert advance(definition, state, START, host).outcome == Completed({"caught": True})
