from __future__ import annotations

import pytest

from tests.fakes import After, World
from tests.interpreter.documents import CALL, event, failing, fault_of, flow


def extension(extend: str = "all", when: str | None = None, name: str = "ext", **parts):
    return {name: {"extend": extend, **({"when": when} if when else {}), **parts}}


def note(text: str, name: str = "note"):
    """A task that keeps a text in the context."""
    return {name: {"set": {"noted": True}, "export": {"as": f"$context + {{notes: (($context.notes // []) + [{text}])}}"}}}


def watching(extend: str = "all", when: str | None = None):
    return extension(extend, when, before=[note('"before " + $task.name')], after=[note('"after " + $task.name')])


def ran(tasks: str, *extensions, answers=None, input=..., events=(), **use):
    return World(answers or {}, events).run(flow(tasks, use={"extensions": list(extensions), **use}), input)


def test_before_and_after_change_nothing_but_the_context():
    done = ran("[a: {set: {n: 1}}, b: {set: {n: '${ .n + 1 }'}}]", watching())
    assert done.output == {"n": 2}
    assert done.context == {"notes": ["before a", "after a", "before b", "after b"]}


def test_they_get_the_task_s_input_and_its_raw_output():
    seen = extension(before=[note("{input: $task.input, dot: $input}")], after=[note("{output: $task.output, dot: $input}")])
    done = ran("[a: {set: {m: '${ .n }'}, input: {from: '{n: .x}'}, output: {as: .m}}]", seen, input={"x": 5})
    assert done.output == 5
    assert done.context["notes"] == [{"input": {"x": 5}, "dot": {"n": 5}}, {"output": {"m": 5}, "dot": {"m": 5}}]


KINDS = {
    "call": "{call: http, with: {method: get, endpoint: 'https://example.com/'}}",
    "composite": "{do: []}",
    "emit": "{emit: {event: {with: {source: 'https://example.com', type: t}}}}",
    "for": "{for: {in: '[]'}, do: []}",
    "listen": "{listen: {to: {one: {with: {type: t}}}}}",
    "run": "{run: {workflow: {namespace: a, name: b, version: 1.0.0}}}",
    "set": "{set: {n: 1}}",
    "switch": "{switch: [{s: {then: continue}}]}",
    "try": "{try: [], catch: {}}",
    "wait": "{wait: PT1S}",
}


@pytest.mark.parametrize("extend", [*KINDS, "raise", "all"])
def test_each_kind_of_task_is_extended_by_its_word(extend: str):
    tasks = ", ".join(f"{kind}: {task}" for kind, task in KINDS.items() if kind != "run")
    guard = "r: {try: [{raise: {raise: {error: {type: 'https://example.com/e', status: 500}}}}], catch: {}}"
    done = ran(f"[{tasks}, {guard}]", extension(extend, before=[note("$task.name")]), answers={"call": 1}, events=[(0, event("t"))])
    assert done.completed, done.problem
    wanted = [*(kind for kind in KINDS if kind != "run"), "r", "raise"]
    found = done.context.get("notes", [])
    assert found == (wanted if extend == "all" else [name for name in wanted if name == extend or (extend == "try" and name == "r")])


def test_a_fork_is_a_composite_and_so_are_its_branches_what_they_are():
    done = ran("[f: {fork: {branches: [{x: {do: []}}, {y: {set: {n: 1}}}]}}]", extension("composite", before=[note("$task.name")]))
    assert done.context["notes"] == ["f", "x"]


def test_when_decides_for_each_task():
    done = ran("[a: {set: {n: 1}}, b: {set: {n: 2}}, c: {set: {n: 3}}]", watching(when='$task.name != "b" and .n != 2'))
    assert done.context["notes"] == ["before a", "after a"]


def test_when_is_asked_once():
    done = ran("[a: {wait: PT1S}]", watching(when="($context.notes | length) == 0"))
    assert done.context["notes"] == ["before a", "after a"]


def test_a_when_that_fails_is_an_error_of_the_task():
    assert fault_of(ran("[a: {set: {n: 1}}]", watching(when="error"))) == ("expression", 400, "/do/0/a")


def test_a_skipped_task_is_not_extended():
    assert ran("[a: {set: {n: 1}, if: 'false'}]", watching()).context == {}


def test_exit_in_before_takes_the_task_s_place():
    mock = extension("call", before=[{"answer": {"set": {"statusCode": 200}, "then": "exit"}}, note('"never"')], after=[note('"after"')])
    done = ran(
        "[a: {call: http, with: {method: get, endpoint: 'https://example.com'}, output: {as: .statusCode}, then: c}, b: {set: 1}, c: {set: '${ [.] }'}]".replace(
            "set: 1", "set: {x: 1}"
        ).replace("set: '${ [.] }'", "set: {got: '${ . }'}"),
        mock,
    )
    assert (done.output, done.started, done.context) == ({"got": 200}, [], {"notes": ["after"]})


def test_exit_deeper_in_before_is_that_list_s_own():
    inner = {"deep": {"do": [{"x": {"set": {"n": 9}, "then": "exit"}}]}}
    assert ran("[a: {set: {n: 1}}]", extension("set", before=[inner])).output == {"n": 1}


def test_end_in_before_ends_the_workflow_and_in_after_too():
    stop = {"stop": {"set": {"n": 9}, "then": "end"}}
    done = ran("[a: {set: {n: 1}}, b: {set: {n: 2}}]", extension("set", before=[stop], after=[note('"after"')]))
    assert (done.output, done.context) == ({"n": 9}, {})
    assert ran("[a: {set: {n: 1}}, b: {set: {n: 2}}]", extension("set", after=[stop])).output == {"n": 1}


def test_several_are_around_each_other_in_declared_order():
    one, two = (extension(name=name, before=[note(f'"{name} before"')], after=[note(f'"{name} after"')]) for name in ("one", "two"))
    assert ran("[a: {set: {n: 1}}]", one, two).context["notes"] == ["one before", "two before", "two after", "one after"]


def test_what_one_skips_those_within_it_do_not_see():
    one = extension(name="one", before=[note('"one before"'), {"x": {"set": {"n": 9}, "then": "exit"}}], after=[note('"one after"')])
    two = extension(name="two", before=[note('"two before"')], after=[note('"two after"')])
    assert ran("[a: {set: {n: 1}}]", one, two).context["notes"] == ["one before", "one after"]
    assert ran("[a: {set: {n: 1}}]", two, one).context["notes"] == ["two before", "one before", "one after", "two after"]


def test_they_do_not_extend_their_own_tasks_nor_what_these_call():
    deep = extension(before=[{"d": {"do": [{"f": {"call": "f"}}]}}], after=[note("$task.name")])
    done = ran("[a: {set: {n: 1}}]", deep, functions={"f": {"set": {"x": 1}}})
    assert done.context["notes"] == ["a"]


def test_tasks_of_functions_are_tasks():
    done = ran("[a: {call: f}]", watching(), functions={"f": {"set": {"x": 1}}})
    assert done.context["notes"] == ["before a", "before f", "after f", "after a"]


def test_an_error_in_one_has_its_own_place_and_is_the_task_s():
    bad = {"bad": {"raise": {"error": {"type": "https://example.com/e", "status": 418}}}}
    done = ran("[a: {set: {n: 1}}]", extension("set", before=[bad]))
    assert (done.problem["instance"], done.told("faulted")) == ("/use/extensions/0/ext/before/0/bad", ["bad", "a"])
    caught = ran(
        "[t: {try: [{a: {set: {n: 1}}}], catch: {do: [{c: {set: {caught: '${ $error.status }'}}}]}}]",
        extension("set", when='$task.name == "a"', after=[bad]),
    )
    assert caught.output == {"caught": 418}


def test_a_try_does_not_catch_what_its_own_extension_raises():
    bad = {"bad": {"raise": {"error": {"type": "https://example.com/e", "status": 418}}}}
    assert ran("[t: {try: [], catch: {}}]", extension("try", before=[bad])).problem["status"] == 418


def test_after_is_not_run_for_a_task_that_fails():
    done = ran(
        "[t: {try: [{a: {call: http, with: {method: get, endpoint: 'https://example.com'}}}], catch: {}}]",
        watching("call"),
        answers={"a": failing("communication")},
    )
    assert done.context["notes"] == ["before a"]


def test_each_attempt_is_extended():
    retry = "{retry: {limit: {attempt: {count: 2}}}}"
    answers = {"a": [failing("communication", 503), 1]}
    done = ran(f"[t: {{try: [{{a: CALL}}], catch: {retry}}}]", watching("call"), answers=answers)
    assert done.completed
    assert done.context["notes"] == ["before a", "before a", "after a"]
    assert len({one.key for one in done.started}) == 1


def test_the_task_s_timeout_is_for_all_of_it():
    slow = extension("set", before=[{"w": {"wait": "PT5S"}}])
    done = ran("[a: {set: {n: 1}, timeout: {after: PT1S}}]", slow)
    assert fault_of(done) == ("timeout", 408, "/do/0/a")
    assert (done.end, done.told("cancelled")) == (1000, ["w"])


def test_the_workflow_itself_is_no_task():
    assert ran("[a: {set: {n: 1}}]", watching("composite")).context == {}


def test_calls_around_a_loop_s_calls():
    loop = "[l: {for: {in: '[1, 2]'}, do: [{a: CALL}]}]"
    around = extension("call", before=[{"b": CALL}], after=[{"c": CALL}])
    done = ran(loop, around, answers={name: After(100, name) for name in "abc"})
    assert [one.reference.rpartition("/")[2] for one in done.started] == ["b", "a", "c"] * 2
    assert len({one.key for one in done.started}) == 6
    assert done.output == "a"


def test_what_is_not_awaited_is_extended_too():
    child = flow("[w: {wait: PT1H}]")
    tasks = "[r: {run: {workflow: {namespace: test, name: flow, version: 1.0.0}, await: false}, output: {as: '{gone: true}'}}]"
    world = World({"run.workflow": None}, children={"test/flow:1.0.0": child})
    done = world.run(flow(tasks, use={"extensions": [watching("run")]}), {"n": 1})
    assert (done.output, done.context["notes"]) == ({"n": 1}, ["before r", "after r"])
