"""Faults that other engines were seen to have in what a document means, each shown to be absent here; in the fake world."""

from __future__ import annotations

import pytest

from interpreter.document.load import define, load
from interpreter.evaluation.child_evaluator import shared
from interpreter.faults import PREFIX
from interpreter.values import Json
from tests.fakes import After, World
from tests.interpreter.documents import event, failing, fault_of, flow

ALWAYS = lambda _: True  # noqa: E731  the state is captured after every step


def world(answers: Json = None, **more: Json) -> World:
    return World(answers, evaluator=shared(), **more)


# Data in loops, branches and tries


def test_an_object_is_walked_in_the_order_of_its_keys():
    keys = [f"k{at}" for at in (3, 1, 4, 0, 5, 9, 2, 6)]
    text = "[l: {for: {in: '$workflow.input | to_entries'}, do: [s: {set: {keys: '${ .keys + [$item.key] }'}}]}]"
    assert world().run(flow(text), dict.fromkeys(keys, 1), interrupt=ALWAYS).output == {"keys": keys}


@pytest.mark.parametrize("value", [[1], 7, "text", True, None, {"n": 1}])
def test_a_try_whose_last_task_gives_no_object_succeeds(value: Json):
    text = "[t: {try: [c: CALL], catch: {do: [h: {set: {caught: true}}]}}]"
    assert world({"c": [value]}).run(flow(text), interrupt=ALWAYS).output == value


@pytest.mark.parametrize("value", [[1], 7, "text", True, None, {"n": 1}])
def test_a_branch_may_give_anything_and_the_output_is_an_array(value: Json):
    assert world({"a": [value], "b": [value]}).run(flow("[f: {fork: {branches: [a: CALL, b: CALL]}}]"), interrupt=ALWAYS).output == [
        value,
        value,
    ]


@pytest.mark.parametrize("value", [[1], 7, "text", True, None])
def test_an_iteration_may_give_anything(value: Json):
    assert world({"c": [value, value]}).run(flow("[l: {for: {in: '[1, 2]'}, do: [c: CALL]}]"), interrupt=ALWAYS).output == value


def test_while_is_asked_before_each_iteration_with_the_output_of_the_one_before():
    text = "[l: {for: {in: '[range(9)]'}, while: '.n < 3', do: [s: {set: {n: '${ .n + 1 }'}}]}]"
    assert world().run(flow(text), {"n": 0}).output == {"n": 3}


def test_set_replaces():
    assert world().run(flow("[a: {set: {b: 1}}]"), {"a": 1}).output == {"b": 1}


def test_export_sees_the_transformed_output_and_context_is_not_output():
    ran = world().run(flow("[a: {set: {n: 1}, output: {as: '{ m: .n }'}, export: {as: '.'}}, b: {set: {c: '${ $context }'}}]"))
    assert ran.output == {"c": {"m": 1}}


def test_if_sees_the_context():
    text = "[a: {set: {n: 1}, export: {as: '.'}}, b: {if: '$context.n == 2', set: {b: 1}}, c: {if: '$context.n == 1', set: {c: 1}}]"
    assert world().run(flow(text)).output == {"c": 1}


def test_the_output_of_the_workflow_is_not_ignored():
    assert world().run(flow("[a: {set: {n: 1}}]", output="{as: '{ m: .n }'}")).output == {"m": 1}


def test_iterations_take_place_in_order_however_long_each_takes():
    ran = world({"c": [After(90, 1), After(10, 2), After(50, 3)]}).run(flow("[l: {for: {in: '[1, 2, 3]'}, do: [c: CALL]}]"))
    assert (ran.output, [one.at for one in ran.started]) == (3, [0, 90, 100])


# Flow


def test_a_switch_to_a_sibling_runs_it():
    text = (
        "[s: {switch: [big: {when: '.n > 5', then: c}, else: {then: b}]}, a: {set: {a: 1}}, b: {set: {b: 1}, then: end}, c: {set: {c: 1}}]"
    )
    assert world().run(flow(text), {"n": 9}, interrupt=ALWAYS).output == {"c": 1}
    assert world().run(flow(text), {"n": 1}, interrupt=ALWAYS).output == {"b": 1}


def test_a_jump_backward_is_taken_a_thousand_times():
    text = "[a: {set: {n: '${ .n + 1 }'}}, s: {switch: [again: {when: '.n < 1000', then: a}]}]"
    ran = world().run(flow(text), {"n": 0}, interrupt=lambda step: step % 100 == 0)
    assert ran.output == {"n": 1000}


def test_a_pending_jump_is_taken_after_an_interruption():
    text = "[a: {wait: PT1S, then: c}, b: CALL, c: {set: {c: 1}}]"
    ran = world().run(flow(text), interrupt=ALWAYS)
    assert (ran.output, ran.started) == ({"c": 1}, [])


def test_a_do_after_other_tasks_is_run():
    assert world().run(flow("[a: {set: {a: 1}}, b: {do: [c: {set: {c: 1}}]}]")).output == {"c": 1}


def test_equal_names_in_several_places_and_documents_do_not_collide():
    branches = "fork: {branches: [x: {do: [c: CALL]}, y: {do: [c: CALL]}]}"
    text = f"[f: {{{branches}}}, g: {{do: [f: {{{branches}}}]}}]"
    ran = world({"c": [1, 2, 3, 4]}).run(flow(text), interrupt=ALWAYS)
    assert ran.output == [3, 4]
    assert len({one.key for one in ran.started}) == 4


# Events


def test_any_completes_with_the_first_event():
    text = "[l: {listen: {to: {any: [{with: {type: a}}, {with: {type: b}}]}}}]"
    assert world(events=[(10, event("b", 1))]).run(flow(text), interrupt=ALWAYS).output == [1]


def test_a_listen_waits_for_as_long_as_it_takes():
    month = 30 * 24 * 60 * 60 * 1000
    assert world(events=[(month, event("a", 1))]).run(flow("[l: {listen: {to: {one: {with: {type: a}}}}}]")).end == month


def test_an_event_that_came_before_its_listen_and_an_interruption_is_heard():
    text = "[w: {wait: PT10S}, l: {listen: {to: {one: {with: {type: a}}}}}]"
    assert world(events=[(1000, event("a", 1))]).run(flow(text), interrupt=ALWAYS).output == [1]


def test_a_listen_that_has_ended_is_not_run_again():
    text = "[l: {listen: {to: {one: {with: {type: a}}}}}, w: {wait: PT10S}, m: {listen: {to: {one: {with: {type: b}}}}}]"
    assert world(events=[(1, event("a", 1)), (20_000, event("b", 2))]).run(flow(text), interrupt=ALWAYS).output == [2]


def test_until_is_looked_at():
    text = "[l: {listen: {to: {any: [{with: {type: a}}], until: '(. | length) == 3'}}}]"
    assert world(events=[(at, event("a", at)) for at in range(5)]).run(flow(text), interrupt=ALWAYS).output == [0, 1, 2]


def test_events_find_the_run_by_what_correlates_with_its_own_id():
    text = "[l: {listen: {to: {one: {with: {type: a}, correlate: {run: {from: .data.run, expect: '${ $workflow.id }'}}}}}}]"
    events = [(1, event("a", {"run": "other"})), (2, event("a", {"run": "run-1"}))]
    assert world(events=events).run(flow(text), interrupt=ALWAYS).output == [{"run": "run-1"}]


# Errors


def test_an_error_raised_by_name_is_raised():
    use = "{errors: {mine: {type: 'https://e/mine', status: 418, title: Mine}}}"
    assert world().run(flow("[r: {raise: {error: mine}}]", use=use)).problem["type"] == "https://e/mine"


def test_an_error_raised_by_a_name_that_does_not_exist_is_refused_before_the_run():
    loaded = load('{"document":{"dsl":"1.0.3","namespace":"n","name":"x","version":"1.0.0"},"do":[{"r":{"raise":{"error":"missing"}}}]}')
    assert loaded.definition is None
    assert loaded.findings[0].pointer == "/do/0/r/raise/error"


def test_the_texts_of_a_raised_error_see_the_data_and_stay_as_written_for_the_next_run():
    use = "{errors: {mine: {type: 'https://e/mine', status: 418, title: '${ \"order \\(.id)\" }', detail: '${ $workflow.id }'}}}"
    definition = flow("[r: {raise: {error: mine}}]", use=use)
    first, second = (world().run(definition, {"id": number}).problem for number in (1, 2))
    assert (first["title"], second["title"], first["detail"]) == ("order 1", "order 2", "run-1")


def test_an_error_of_a_call_is_an_error_and_no_null():
    ran = world({"c": failing("communication", 404)}).run(flow("[c: CALL, d: {set: {n: 1}}]"))
    assert fault_of(ran) == ("communication", 404, "/do/0/c")


def test_the_limit_of_one_tasks_retry_is_not_anothers():
    retry = "catch: {retry: {delay: PT1S, limit: {attempt: {count: %d}}}}"
    once = flow(f"[t: {{try: [a: CALL], {retry % 1}}}]")
    thrice = flow(f"[t: {{try: [b: CALL], {retry % 3}}}]")
    for _ in range(2):
        assert len(world({"a": failing("communication")}).run(once).started) == 2
        assert len(world({"b": failing("communication")}).run(thrice).started) == 4


# Bounds


def test_an_expression_that_never_ends_is_stopped_and_burns_nothing_afterwards():
    from interpreter.evaluation.child_evaluator import ChildEvaluator
    from interpreter.evaluator import Held

    evaluator = ChildEvaluator()
    try:
        evaluator.begin_activation()
        with pytest.raises(Held):
            evaluator.evaluate(["last(range(1e10))"], None, {}, 0, "/do/0/a")
        evaluator.begin_activation()
        assert evaluator.evaluate(["1 + 1"], None, {}, 0, "/do/0/b").values == [2]
    finally:
        evaluator.close()


def test_a_jump_that_leads_back_ten_thousand_times_overflows_no_stack():
    ran = World().run(
        flow("[a: {set: {n: '${ $context.n + 1 }'}, export: {as: .}}, s: {switch: [again: {when: '.n < 10000', then: a}]}]"), {}
    )
    assert ran.output == {"n": 10_000}


# What is written is what runs


def test_a_wrong_task_is_told_by_its_name_and_its_member():
    text = "document: {dsl: 1.0.3, namespace: n, name: x, version: 1.0.0}\ndo:\n- greet:\n    call: http\n    wiht: {}\n"
    finding = load(text, "flow.yaml").findings[0]
    assert (finding.file, finding.line) == ("flow.yaml", 5)
    assert "with" in str(finding.nearest)


def test_a_plain_y_is_a_text():
    assert load("document: {dsl: 1.0.3, namespace: n, name: y, version: 1.0.0}\ndo: [a: {set: {n: y, m: no}}]").definition is not None


def test_a_child_gets_the_input_that_is_written_for_it_and_not_the_parents():
    child = define(
        {"document": {"dsl": "1.0.3", "namespace": "test", "name": "child", "version": "1.0.0"}, "do": [{"a": {"set": {"got": "${ . }"}}}]}
    )
    text = "[r: {run: {workflow: {namespace: test, name: child, version: 1.0.0, input: {n: '${ .n }'}}}}]"
    ran = world(children={"test/child:1.0.0": child}).run(flow(text), {"n": 1, "other": 2})
    assert ran.output == {"got": {"n": 1}}


def test_a_standard_error_matches_under_the_names_that_the_examples_use():
    text = "[t: {try: [c: CALL], catch: {errors: {with: {type: 'https://serverlessworkflow.io/dsl/errors/types/timeout'}}, do: [h: {set: {n: 1}}]}}]"
    assert world({"c": failing("timeout")}).run(flow(text)).output == {"n": 1}
    assert PREFIX.endswith("/spec/1.0.0/errors/")
