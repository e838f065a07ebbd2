"""Every value survives every way through a workflow as what it is, in the fake world with the real evaluator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.document.load import define
from interpreter.evaluation.child_evaluator import shared
from interpreter.values import Json, encode
from tests.fakes import World
from tests.interpreter.documents import HEADER, event, flow
from tests.values.samples import VALUES, told_apart

PASSING = {
    "nothing": "[]",
    "set": "[a: {set: '${ . }'}]",
    "set by a path": "[a: {set: {m: '${ . }'}, output: {as: .m}}]",
    "set by an index": "[a: {set: {m: ['${ . }']}, output: {as: '.m[0]'}}]",
    "set by a quoted path": "[a: {set: {'a b': '${ . }'}, output: {as: '.[\"a b\"]'}}]",
    "set by a variable": "[a: {set: '${ $input }'}]",
    "set by the workflow's input": "[a: {set: '${ $workflow.input }'}]",
    "set by the task's input": "[a: {set: '${ $task.input }'}]",
    "set in a list": "[a: {set: {m: [1, {n: '${ . }'}]}, output: {as: '.m[1].n'}}]",
    "a skipped task": "[a: {if: 'false', set: {n: 1}}]",
    "input.from": "[a: {input: {from: '{ m: . }'}, set: '${ .m }'}]",
    "input.from as an object": "[a: {input: {from: {m: '${ . }'}}, set: '${ .m }'}]",
    "output.as": "[a: {set: {n: 1}, output: {as: $input}}]",
    "output.as as an object": "[a: {set: {n: 1}, output: {as: {m: '${ $input }'}}}, b: {set: '${ .m }'}]",
    "the context": "[a: {set: {n: 1}, export: {as: $input}}, b: {set: '${ $context }'}]",
    "a member of the context": "[a: {set: {n: 1}, export: {as: '{ m: $input }'}}, b: {set: '${ $context.m }'}]",
    "do": "[a: {do: [b: {do: []}]}]",
    "do with set": "[a: {do: [b: {set: '${ . }'}]}]",
    "for without items": "[a: {for: {in: '[]'}, do: [b: {set: {n: 1}}]}]",
    "for": "[a: {for: {in: '[1, 2]'}, do: [b: {set: '${ . }'}]}]",
    "for over it": "[a: {for: {in: '[1]'}, do: [b: {set: '${ $input }'}]}]",
    "an item": "[a: {input: {from: '[.]'}, for: {in: .}, do: [b: {set: '${ $item }'}]}]",
    "fork": "[a: {fork: {branches: [b: {set: '${ . }'}]}, output: {as: '.[0]'}}]",
    "fork, competing": "[a: {fork: {compete: true, branches: [b: {set: '${ . }'}]}}]",
    "a context of a fork": "[a: {fork: {branches: [b: {set: {n: 1}, export: {as: $input}}, c: {set: {n: 1}}]}}, d: {set: '${ $context }'}]",
    "try": "[a: {try: [b: {set: '${ . }'}], catch: {}}]",
    "catch": "[a: {try: [b: {raise: {error: {type: 'https://e', status: 500}}}], catch: {do: [c: {set: '${ . }'}]}}]",
    "catch without do": "[a: {try: [b: {raise: {error: {type: 'https://e', status: 500}}}], catch: {}}]",
    "switch": "[a: {switch: [b: {then: c}]}, c: {set: '${ . }'}]",
    "wait": "[a: {wait: PT1S}]",
    "emit": "[a: {emit: {event: {with: {source: 'https://e', type: t, data: '${ . }'}}}, output: {as: .data}}]",
    "emit, passed on": "[a: {emit: {event: {with: {source: 'https://e', type: t}}}, output: {as: $input}}]",
    "a call": "[a: {call: http, with: {method: post, endpoint: 'https://e', body: '${ . }'}}]",
    "a child": "[a: {run: {workflow: {namespace: test, name: child, version: 1.0.0, input: '${ { m: . } }'}}, output: {as: .m}}]",
    "a child that is not awaited": "[a: {run: {workflow: {namespace: test, name: child, version: 1.0.0}, await: false}}]",
    "the workflow's output": "[a: {set: {m: '${ . }'}}]",
}
"""Ways through which the input becomes the output."""

CHILD = flow("[]", document={"dsl": "1.0.3", "namespace": "test", "name": "child", "version": "1.0.0"})


@pytest.mark.parametrize("way", PASSING)
@pytest.mark.parametrize("what", VALUES)
def test_a_value_comes_out_as_it_went_in(way: str, what: str):
    value = VALUES[what]
    root = {"output": "{as: .m}"} if way == "the workflow's output" else {}
    answers = {"call.http": lambda effect: effect.arguments["with"]["body"]}
    world = World(answers, children={"test/child:1.0.0": CHILD}, evaluator=shared())

    ran = world.run(flow(PASSING[way], **root), value, interrupt=lambda _: True)

    assert ran.completed, ran.problem
    assert told_apart(ran.output) == told_apart(value)


@pytest.mark.parametrize("what", VALUES)
def test_an_event_is_read_as_it_was_sent(what: str):
    value = VALUES[what]
    world = World(events=[(10, event("t", value, id="1"))], evaluator=shared())

    ran = world.run(flow("[a: {listen: {to: {one: {with: {type: t}}}}}]"), interrupt=lambda _: True)

    assert told_apart(ran.output) == told_apart([value])


LARGE = 2**53 + 1


@pytest.mark.parametrize("large", [LARGE, -LARGE, 2**64 + 1, 10**99 + 7])
@pytest.mark.parametrize(
    "path", [".m", '.["m"]', '."m"', ".o.n", ".l[0]", ".l[-1]", ".o", ".l", ".", "$input.m", "$workflow.input.o.n", "$task.input.l[1]"]
)
def test_large_integers_are_exact_through_every_path(path: str, large: int):
    data = {"m": large, "o": {"n": large}, "l": [large, large]}
    ran = World(evaluator=shared()).run(flow(f"[a: {{set: {{got: '${{ {path} }}'}}}}]"), data)

    assert str(large) in encode(ran.output)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    )
)
def test_any_value_survives_state_and_context(value: Json):
    text = "[a: {set: '${ . }', export: {as: $input}}, w: {wait: PT1S}, b: {fork: {branches: [c: {set: '${ $context }'}]}, output: {as: '.[0]'}}]"
    ran = World(evaluator=shared()).run(flow(text), value, interrupt=lambda _: True)

    assert told_apart(ran.output) == told_apart(value)


def test_names_may_hold_any_character():
    names = ["ä☃", "a/b", "~1", "with space", "🎉", "${ x }", "a.b", "'", '"', "\\"]
    tasks = [{name: {"set": {"n": at, "ref": "${ $task.reference }"}}} for at, name in enumerate(names)]
    ran = World(evaluator=shared()).run(define({"document": HEADER, "do": tasks}))

    assert ran.order() == names
    assert ran.output == {"n": 9, "ref": "/do/9/\\"}
