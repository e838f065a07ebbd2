from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import fault_of, flow


def test_tasks_run_in_order_and_each_gets_the_output_of_the_one_before():
    ran = World().run(flow("[a: {set: {n: '${ .n + 1 }'}}, b: {set: {n: '${ .n * 10 }'}}]"), {"n": 1})
    assert ran.output == {"n": 20}
    assert ran.order() == ["a", "b"]


def test_the_output_is_that_of_the_last_task_run():
    ran = World().run(flow("[outer: {do: [a: {set: {n: 1}}, b: {set: {n: 2}, then: exit}, c: {set: {n: 3}}]}]"))
    assert ran.output == {"n": 2}


def test_an_empty_list_passes_its_input_through():
    assert World().run(flow("[outer: {input: {from: .payload}, do: []}]"), {"payload": 5}).output == 5


def test_the_inner_list_starts_with_the_shaped_input_and_the_outer_output_is_shaped():
    text = "[outer: {input: {from: .payload}, output: {as: '{ n: . }'}, do: [a: {set: '${ .n + 1 }'}]}]"
    assert World().run(flow(text), {"payload": {"n": 1}}).output == {"n": 2}


@pytest.mark.parametrize(
    ("then", "order"),
    [
        ("continue", ["outer", "a", "b", "c", "after"]),
        ("exit", ["outer", "a", "after"]),
        ("end", ["outer", "a"]),
        ("c", ["outer", "a", "c", "after"]),
    ],
)
def test_then_inside_a_list(then, order):
    text = f"[outer: {{do: [a: {{set: {{n: 1}}, then: {then}}}, b: {{set: {{n: 2}}}}, c: {{set: {{n: 3}}}}]}}, after: {{set: {{n: 9}}}}]"
    assert World().run(flow(text)).order() == order


def test_exit_in_the_top_list_ends_the_workflow():
    ran = World().run(flow("[a: {set: {n: 1}, then: exit}, b: {set: {n: 2}}]"))
    assert (ran.completed, ran.output) == (True, {"n": 1})


def test_end_from_any_depth_ends_the_workflow_and_every_task_around_it_finishes_normally():
    ran = World().run(
        flow(
            """
            - outer:
                do:
                  - middle:
                      do:
                        - inner: {set: {n: 1}, then: end}
                        - never: {set: {n: 2}}
                      output: {as: '{ middle: . }'}
                      export: {as: '$context + { middle: true }'}
                  - never: {set: {n: 3}}
                output: {as: '{ outer: . }'}
                export: {as: '$context + { outer: true }'}
            - never: {set: {n: 4}}
            """,
            output={"as": "{ workflow: . }"},
        )
    )
    assert ran.output == {"workflow": {"outer": {"middle": {"n": 1}}}}
    assert ran.context == {"middle": True, "outer": True}
    assert ran.told("completed") == ["inner", "middle", "outer"]


def test_going_back_by_name_makes_a_loop_in_which_tasks_run_again():
    ran = World().run(
        flow(
            """
            - count: {set: {n: '${ .n + 1 }'}}
            - again: {switch: [more: {when: .n < 3, then: count}]}
            - done: {set: {n: '${ .n }', done: true}}
            """
        ),
        {"n": 0},
    )
    assert ran.output == {"n": 3, "done": True}
    assert ran.order() == ["count", "again"] * 3 + ["done"]


def test_a_name_of_another_list_cannot_be_reached():
    ran = World().run(flow("[outer: {do: [a: {set: {n: 1}, then: after}]}, after: {set: {n: 2}}]"))
    assert fault_of(ran) == ("configuration", 400, "/do/0/outer")


def test_a_fault_stops_the_list_and_keeps_its_instance_on_the_way_up():
    ran = World().run(flow("[outer: {do: [a: {set: '${ error }'}, b: {set: {n: 1}}]}]"))
    assert fault_of(ran) == ("expression", 400, "/do/0/outer/do/0/a")
    assert ran.told("faulted") == ["a", "outer"]
    assert ran.order() == ["outer", "a"]
