from __future__ import annotations

import pytest

from interpreter.defaults import Limits
from tests.fakes import After, World
from tests.interpreter.documents import fault_of, flow

SUM = "[l: {for: {in: .items}, do: [a: {set: {items: '${ .items }', sum: '${ (.sum // 0) + $item }', at: '${ $index }'}}]}]"


def test_each_iteration_gets_the_output_of_the_one_before_and_the_last_is_the_result():
    assert World().run(flow(SUM), {"items": [1, 2, 3]}).output == {"items": [1, 2, 3], "sum": 6, "at": 2}


def test_an_empty_collection_gives_the_shaped_input():
    text = "[l: {input: {from: .payload}, for: {in: .items}, do: [a: {set: {n: 1}}]}]"
    assert World().run(flow(text), {"payload": {"items": []}}).output == {"items": []}


def test_variables_have_the_names_the_document_gives_them():
    text = "[l: {for: {in: '[5, 6]', each: pet, at: number}, do: [a: {set: {pet: '${ $pet }', number: '${ $number }'}}]}]"
    assert World().run(flow(text)).output == {"pet": 6, "number": 1}


def test_loop_variables_exist_inside_the_body_only():
    inside = "[l: {for: {in: '[5]'}, do: [a: {do: [b: {set: {v: '${ $item }'}}]}]}]"
    assert World().run(flow(inside)).output == {"v": 5}
    after = "[l: {for: {in: '[5]'}, do: [a: {set: {n: 1}}]}, b: {set: {v: '${ $item }'}}]"
    assert fault_of(World().run(flow(after))) == ("expression", 400, "/do/1/b")
    on_the_loop = "[l: {for: {in: '[5]'}, do: [a: {set: {n: 1}}], output: {as: $item}}]"
    assert fault_of(World().run(flow(on_the_loop))) == ("expression", 400, "/do/0/l")


def test_inner_loops_hide_the_variables_of_outer_ones_and_give_them_back():
    text = """
    - outer:
        for: {in: '[1, 2]', each: x}
        do:
          - inner: {for: {in: '[10, 20]', each: x}, do: [a: {set: {seen: '${ (.seen // []) + [$x] }'}}]}
          - b: {set: {seen: '${ .seen + [$x] }'}}
    """
    assert World().run(flow(text)).output == {"seen": [10, 20, 1, 10, 20, 2]}


def test_the_collection_is_computed_once_from_the_shaped_input():
    text = "[l: {input: {from: .payload}, for: {in: .items}, do: [a: {set: {items: '${ .items + [9] }'}}]}]"
    assert World().run(flow(text), {"payload": {"items": [1, 2]}}).output == {"items": [1, 2, 9, 9]}


def test_while_is_asked_before_each_iteration_with_the_loop_variables():
    text = "[l: {for: {in: '[1, 2, 3, 4]'}, while: '$item < 3 and $index < 9', do: [a: {set: {last: '${ $item }'}}]}]"
    assert World().run(flow(text)).output == {"last": 2}


def test_while_sees_the_output_of_the_iteration_before_and_may_end_before_the_first():
    counting = "[l: {for: {in: '[1, 2, 3]'}, while: .n < 2, do: [a: {set: {n: '${ .n + 1 }'}}]}]"
    assert World().run(flow(counting), {"n": 0}).output == {"n": 2}
    assert World().run(flow(counting), {"n": 7}).output == {"n": 7}


def test_while_is_asked_once_for_an_iteration_that_blocks():
    text = (
        "[l: {for: {in: '[1, 2]'}, while: '$context.stop != true', do: [a: {wait: PT1S, export: {as: '{ stop: true }'}}, b: {wait: PT1S}]}]"
    )
    ran = World().run(flow(text))
    assert (ran.order(), ran.end) == (["l", "a", "b"], 2000)


@pytest.mark.parametrize("collection", ["'{a: 1}'", "'5'", "'\"text\"'", "null", ".absent"])
def test_a_collection_that_is_no_array_is_an_expression_error(collection):
    text = f"[l: {{for: {{in: '{collection}'}}, do: [a: {{set: {{n: 1}}}}]}}]".replace("''", "'")
    assert fault_of(World().run(flow(text))) == ("expression", 400, "/do/0/l")


def test_exit_directly_in_the_loops_list_ends_the_loop():
    text = "[l: {for: {in: '[1, 2, 3]'}, do: [a: {set: {last: '${ $item }'}}, q: {switch: [two: {when: $item == 2, then: exit}]}]}, b: {wait: PT1S}]"
    ran = World().run(flow(text))
    assert (ran.output, ran.order().count("a"), ran.end) == ({"last": 2}, 2, 1000)


def test_exit_in_a_nested_list_ends_only_that_list():
    text = (
        "[l: {for: {in: '[1, 2]'}, do: [d: {do: [a: {set: {last: '${ $item }'}, then: exit}, never: {set: {n: 0}}]}, b: {set: '${ . }'}]}]"
    )
    ran = World().run(flow(text))
    assert (ran.output, ran.order()) == ({"last": 2}, ["l", "d", "a", "b", "d", "a", "b"])


def test_end_in_the_body_ends_the_workflow_with_that_output():
    text = "[l: {for: {in: '[1, 2]'}, do: [a: {set: {last: '${ $item }'}, then: end}]}, b: {set: {n: 0}}]"
    ran = World().run(flow(text))
    assert (ran.output, ran.order()) == ({"last": 1}, ["l", "a"])


def test_references_know_no_iterations_but_notices_do():
    ran = World().run(flow("[l: {for: {in: '[7, 8]'}, do: [a: {set: {r: '${ $task.reference }'}}]}]"))
    assert ran.output == {"r": "/do/0/l/do/0/a"}
    assert [notice.index for notice in ran.notices if notice.kind == "started" and notice.name == "a"] == [(0,), (1,)]


def test_a_fault_in_the_body_ends_the_loop():
    ran = World().run(flow("[l: {for: {in: '[1, 0, 2]'}, do: [a: {set: '${ if $item == 0 then error else . end }'}]}]"))
    assert fault_of(ran) == ("expression", 400, "/do/0/l/do/0/a")
    assert ran.order().count("a") == 2


def test_calls_of_different_iterations_have_different_keys_and_run_one_after_the_other():
    ran = World({"a": After(1000, {})}).run(flow("[l: {for: {in: '[1, 2, 3]'}, do: [a: CALL]}]"))
    assert [one.at for one in ran.started] == [0, 1000, 2000]
    assert len({one.key for one in ran.started}) == 3


def test_an_empty_body_passes_the_data_through():
    assert World().run(flow("[l: {for: {in: '[1, 2]'}, do: []}]"), {"n": 1}).output == {"n": 1}


def test_many_iterations_are_cut_by_the_step_budget_and_give_the_same():
    text = "[l: {for: {in: '[range(5000)]'}, do: [a: {set: {sum: '${ .sum + $item }'}}]}]"
    ran = World(limits=Limits(steps=1000)).run(flow(text), {"sum": 0})
    assert (ran.output, ran.steps) == ({"sum": sum(range(5000))}, 6)
