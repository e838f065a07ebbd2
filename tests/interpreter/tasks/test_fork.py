from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.defaults import Limits
from interpreter.tasks.side_by_side import LEAST_SHARE
from interpreter.values import same
from tests.fakes import After, World
from tests.interpreter.documents import custom, event, failing, fault_of, flow

SLOW_AND_QUICK = """
- split:
    fork:
      branches:
        - slow: {do: [w: {wait: PT5S}, s: {set: {who: slow}}]}
        - quick: {do: [w: {wait: PT1S}, s: {set: {who: quick}}]}
"""


def test_all_branches_start_at_once_with_the_shaped_input():
    text = "[f: {input: {from: .payload}, fork: {branches: [a: CALL, b: CALL, c: {set: {got: '${ . }'}}]}}]"
    ran = World({"a": After(3000, 1), "b": After(2000, 2)}).run(flow(text), {"payload": {"n": 7}})
    assert ran.output == [1, 2, {"got": {"n": 7}}]
    assert ([one.at for one in ran.started], ran.end) == ([0, 0], 3000)


def test_the_output_is_an_array_in_declared_order_whoever_is_first():
    assert World().run(flow(SLOW_AND_QUICK)).output == [{"who": "slow"}, {"who": "quick"}]


def test_a_fault_of_a_branch_cancels_the_others_and_faults_the_fork():
    text = "[f: {fork: {branches: [a: CALL, b: CALL, c: {do: [w: {wait: PT9S}]}]}}]"
    ran = World({"a": After(5000, 1), "b": After(1000, failing("communication", 503))}).run(flow(text))
    assert fault_of(ran) == ("communication", 503, "/do/0/f/fork/branches/1/b")
    assert (ran.cancelled, ran.end) == (["/do/0/f/fork/branches/0/a"], 1000)
    assert ran.told("cancelled") == ["a", "w", "c"]
    assert ran.told("faulted") == ["b", "f"]


def test_the_winner_of_a_competition_gives_the_output_and_the_others_are_cancelled():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL]}}]"
    ran = World({"a": After(9000, "a"), "b": After(1000, "b")}).run(flow(text))
    assert (ran.output, ran.cancelled, ran.end) == ("b", ["/do/0/f/fork/branches/0/a"], 1000)


def test_a_tie_goes_to_the_first_declared():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL]}}]"
    assert World({"a": After(1000, "a"), "b": After(1000, "b")}).run(flow(text)).output == "a"


def test_a_losers_effect_is_never_started_when_a_sibling_wins_in_the_same_pass():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: {set: {who: b}}]}}]"
    ran = World().run(flow(text))
    assert (ran.output, ran.started, ran.cancelled) == ({"who": "b"}, [], [])


def test_a_siblings_effect_is_never_started_when_a_branch_faults_in_the_same_pass():
    text = "[f: {fork: {branches: [a: CALL, b: {set: '${ error }'}]}}]"
    assert World().run(flow(text)).started == []


def test_a_fault_only_removes_a_competitor():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL]}}]"
    ran = World({"a": After(1000, failing("communication")), "b": After(3000, "b")}).run(flow(text))
    assert (ran.output, ran.end) == ("b", 3000)


def test_a_competition_faults_when_all_have_faulted_with_the_last_error():
    text = "[f: {fork: {compete: true, branches: [a: CALL, b: CALL]}}]"
    ran = World({"a": After(2000, failing("communication", 502)), "b": After(1000, failing("communication", 503))}).run(flow(text))
    assert fault_of(ran) == ("communication", 502, "/do/0/f/fork/branches/0/a")


def test_end_in_a_branch_ends_the_run_with_that_branchs_output_as_the_forks():
    text = """
    - f:
        fork:
          branches:
            - a: CALL
            - b: {do: [w: {wait: PT1S}, s: {set: {who: b}, then: end}, never: {set: {n: 0}}]}
        output: {as: '{ fork: . }'}
        export: {as: '{ ended: . }'}
    - after: {set: {n: 1}}
    """
    ran = World({"a": After(9000, "a")}).run(flow(text))
    assert (ran.output, ran.context) == ({"fork": {"who": "b"}}, {"ended": {"fork": {"who": "b"}}})
    assert (ran.cancelled, ran.end, ran.order()) == (["/do/0/f/fork/branches/0/a"], 1000, ["f", "a", "b", "w", "s"])


def test_end_passes_through_forks_around_forks():
    inner = "{fork: {branches: [x: {do: [w: {wait: PT9S}]}, y: {set: {who: y}, then: end}]}}"
    ran = World().run(flow(f"[f: {{fork: {{branches: [a: {{do: [w: {{wait: PT9S}}]}}, b: {inner}]}}}}, after: {{set: {{n: 1}}}}]"))
    assert (ran.output, ran.end) == ({"who": "y"}, 0)


@pytest.mark.parametrize("then", ["continue", "exit"])
def test_a_branch_is_a_scope_of_its_own(then):
    text = f"[f: {{fork: {{branches: [a: {{set: {{n: 1}}, then: {then}}}, b: {{set: {{n: 2}}}}]}}}}, after: {{set: '${{ . }}'}}]"
    assert World().run(flow(text)).output == [{"n": 1}, {"n": 2}]


def test_a_skipped_branch_gives_the_shaped_input():
    text = "[f: {input: {from: .n}, fork: {branches: [a: {if: 'false', set: {n: 1}}, b: {set: {n: 2}}]}}]"
    assert World().run(flow(text), {"n": 5}).output == [5, {"n": 2}]


def test_loop_variables_are_seen_in_branches():
    text = "[l: {for: {in: '[7]'}, do: [f: {fork: {branches: [a: {set: {v: '${ $item }'}}]}}]}]"
    assert World().run(flow(text)).output == [{"v": 7}]


def test_references_are_pointers_into_the_document():
    text = "[f: {fork: {branches: [a: {set: {n: 1}}, b: {do: [c: {set: {r: '${ $task.reference }', d: '${ $task.definition.set.n }', n: 5}}]}]}}]"
    assert World().run(flow(text)).output[1] == {"r": "/do/0/f/fork/branches/1/b/do/0/c", "d": 5, "n": 5}


# Contexts


def exporting(**contexts: str):
    branches = [{name: {"set": {"n": 1}, "export": {"as": text}}} for name, text in contexts.items()]
    return flow(f"[start: {{set: {{n: 1}}, export: {{as: '{{ a: 1, b: 2 }}'}}}}, f: {{fork: {{branches: {branches}}}}}]")


@pytest.mark.parametrize(
    ("contexts", "folded"),
    [
        ({"x": "$context + {x: 1}", "y": "$context + {y: 2}"}, {"a": 1, "b": 2, "x": 1, "y": 2}),
        ({"x": "$context + {a: 10}", "y": "$context + {b: 20}"}, {"a": 10, "b": 20}),
        ({"x": "$context + {a: 10}", "y": "$context + {a: 20}"}, {"a": 20, "b": 2}),
        ({"x": "$context | del(.a)", "y": "$context + {y: 1}"}, {"b": 2, "y": 1}),
        ({"x": "$context + {a: 10}", "y": "$context | del(.a)"}, {"b": 2}),
        ({"x": "$context | del(.a)", "y": "$context + {a: 10}"}, {"a": 10, "b": 2}),
        ({"x": "$context + {a: 10}", "y": "$context"}, {"a": 10, "b": 2}),
        ({"x": "[1]", "y": "$context"}, [1]),
        ({"x": "$context + {a: 10}", "y": "null"}, None),
        ({"x": "[1]", "y": "$context + {y: 1}"}, {"a": 1, "b": 2, "y": 1}),
        ({"x": "$context + {a: true}", "y": "$context"}, {"a": True, "b": 2}),
        ({"x": "$context + {a: true}", "y": "$context + {y: 1}"}, {"a": True, "b": 2, "y": 1}),
    ],
)
def test_each_branch_contributes_what_it_changed_in_declared_order(contexts, folded):
    assert same(World().run(exporting(**contexts)).context, folded)


def test_branches_do_not_see_each_others_exports():
    text = """
    - f:
        fork:
          branches:
            - a: {do: [s: {set: {n: 1}, export: {as: '{ a: 1 }'}}]}
            - b: {do: [w: {wait: PT1S}, s: {set: {seen: '${ $context }'}}]}
    """
    assert World().run(flow(text)).output[1] == {"seen": {}}


def test_the_context_of_the_winner_alone_is_kept():
    text = """
    - f:
        fork:
          compete: true
          branches:
            - a: {do: [s: {set: {n: 1}, export: {as: '{ a: 1 }'}}, w: {wait: PT5S}]}
            - b: {do: [s: {set: {n: 1}, export: {as: '{ b: 1 }'}}, w: {wait: PT1S}]}
    """
    assert World().run(flow(text)).context == {"b": 1}


def test_contexts_are_dropped_when_the_fork_faults():
    text = """
    - t:
        try:
          - s: {set: {n: 1}, export: {as: '{ before: 1 }'}}
          - f:
              fork:
                branches:
                  - a: {set: {n: 1}, export: {as: '$context + { a: 1 }'}}
                  - b: {set: '${ error }'}
        catch: {}
    """
    assert World().run(flow(text)).context == {"before": 1}


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)),
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)), min_size=1, max_size=3),
)
def test_folding_keeps_a_member_as_the_last_branch_that_changed_it_left_it(base, contexts):
    from interpreter.tasks.fork import _folded

    folded = _folded(base, contexts)
    for name in {*base, *(name for context in contexts for name in context)}:
        absent = object()
        changes = [context.get(name, absent) for context in contexts if context.get(name, absent) != base.get(name, absent)]
        assert folded.get(name, absent) == (changes[-1] if changes else base.get(name, absent))


# Passes


def test_a_branch_that_computes_for_ever_does_not_starve_its_siblings():
    text = """
    - f:
        fork:
          compete: true
          branches:
            - spin: {do: [a: {set: {n: 1}, then: a}]}
            - call: CALL
    """
    ran = World({"call": After(1000, "done")}, limits=Limits(steps=1000), yielding=10).run(flow(text))
    assert (ran.output, ran.end) == ("done", 1000)


def test_every_branch_gets_its_share_of_the_step_budget():
    many = 5 * LEAST_SHARE
    branches = ", ".join(f"b{at}: {{for: {{in: '[range({many})]'}}, do: [s: {{set: {{n: 1}}}}]}}" for at in range(4))
    document = flow(f"[f: {{fork: {{branches: [{branches}]}}}}]")
    ran = World(limits=Limits(steps=10 * LEAST_SHARE)).run(document)
    assert ran.output == [{"n": 1}] * 4
    first = [notice.name for notice in ran.notices if notice.kind == "completed" and notice.name.startswith("b")]
    assert first == ["b0", "b1", "b2", "b3"]
    assert ran.steps > 1


def test_a_fork_in_a_try_begins_anew_with_every_attempt():
    text = """
    - t:
        try:
          - f:
              fork:
                branches:
                  - a: {do: [w: {wait: PT10S}, s: {set: {who: a}}]}
                  - b: {do: [c: CALL]}
                  - d: {do: [e: CALL]}
        catch: {retry: {delay: PT1S, limit: {attempt: {count: 3}}}}
    """
    answers = {"c": [After(2000, failing("communication")), After(2000, "c")], "e": [After(5000, "first"), After(5000, "second")]}
    ran = World(answers).run(flow(text))
    assert (ran.output, ran.end) == ([{"who": "a"}, "c", "second"], 13_000)
    assert [(one.reference.rpartition("/")[2], one.at) for one in ran.started] == [("c", 0), ("e", 0), ("c", 3000), ("e", 3000)]
    assert ran.cancelled == ["/do/0/t/try/0/f/fork/branches/2/d/do/0/e"]


def test_a_listen_in_a_branch_is_entered_when_an_event_comes():
    text = "[f: {fork: {branches: [a: {listen: {to: {one: {with: {type: t}}}}}, b: {wait: PT5S}]}}]"
    ran = World(events=[(1000, event("u", 1)), (2000, event("t", 2))]).run(flow(text), {"n": 0})
    assert (ran.output, ran.end) == ([[2], {"n": 0}], 5000)


def test_a_hundred_branches_of_several_steps():
    branches = ", ".join(f"b{at}: {{do: [x: CALL, y: CALL]}}" for at in range(100))
    ran = World({"x": After(1000, 1), "y": After(1000, 2)}).run(flow(f"[f: {{fork: {{branches: [{branches}]}}}}]"))
    assert (ran.output, len(ran.started), ran.end) == ([2] * 100, 200, 2000)


def test_an_output_too_large_for_one_value_is_a_validation_error():
    branches = ", ".join(f"b{at}: {{set: {{text: '${{ \"x\" * 400 }}'}}}}" for at in range(3))
    ran = World(limits=Limits(value_bytes=1000)).run(flow(f"[f: {{fork: {{branches: [{branches}]}}}}]"))
    assert fault_of(ran) == ("validation", 400, "/do/0/f")


def test_a_custom_error_of_a_branch_can_be_caught_around_the_fork():
    text = "[t: {try: [f: {fork: {branches: [a: CALL, b: {wait: PT9S}]}}], catch: {as: e, do: [h: {set: {type: '${ $e.type }'}}]}}]"
    ran = World({"a": custom("https://example.com/e")}).run(flow(text))
    assert ran.output == {"type": "https://example.com/e"}


def test_a_skipped_branch_wins_nothing():
    text = "[f: {fork: {compete: true, branches: [a: {if: 'false', set: {who: a}}, b: {do: [w: {wait: PT1S}, s: {set: {who: b}}]}]}}]"
    assert World().run(flow(text)).output == {"who": "b"}


def test_where_every_branch_was_skipped_the_input_goes_on():
    text = "[f: {fork: {compete: true, branches: [a: {if: 'false', set: {who: a}}, b: {if: 'false', set: {who: b}}]}}]"
    assert World().run(flow(text), {"n": 1}).output == {"n": 1}


def test_where_no_branch_completes_a_fault_goes_upward():
    text = "[f: {fork: {compete: true, branches: [a: {if: 'false', set: {who: a}}, b: CALL]}}]"
    ran = World({"b": failing("communication", 503)}).run(flow(text))
    assert fault_of(ran) == ("communication", 503, "/do/0/f/fork/branches/1/b")


def test_what_fits_does_not_depend_on_which_answers_come_together():
    branches = ", ".join(
        f"b{at}: {{call: http, with: {{method: get, endpoint: 'https://example.com'}}, output: {{as: length}}}}" for at in range(5)
    )
    text, answer = f"[f: {{fork: {{branches: [{branches}]}}}}]", "x" * 900_000
    apart = World({f"b{at}": After(1000 * at, answer) for at in range(5)}).run(flow(text))
    together = World({f"b{at}": answer for at in range(5)}).run(flow(text))
    assert apart.output == together.output == [900_000] * 5
