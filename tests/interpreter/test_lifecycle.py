from __future__ import annotations

import pytest

from tests.fakes import START, After, World
from tests.interpreter.documents import failing, fault_of, flow

REQUIRED = "{document: {required: [absent]}}"


def test_the_order_of_operations_of_a_task():
    text = """
    - a:
        if: .payload.n == 1 and ($task.input.payload.n == 1)
        input: {schema: {document: {required: [payload]}}, from: .payload}
        set: {in: '${ . }', same: '${ $input }'}
        output: {as: '{ n: .in.n, was: $input.n, raw: $task.output.in.n, out: $output.in.n }', schema: {document: {required: [was]}}}
        export: {as: '{ n: (.n + 1), out: $output.n, task: $task.output.in.n }', schema: {document: {required: [n]}}}
        then: c
    - b: {set: {n: 0}}
    - c: {set: {got: '${ . }', context: '${ $context }'}}
    """
    ran = World().run(flow(text), {"payload": {"n": 1}})
    assert ran.output == {"got": {"n": 1, "was": 1, "raw": 1, "out": 1}, "context": {"n": 2, "out": 1, "task": 1}}
    assert ran.order() == ["a", "c"]


@pytest.mark.parametrize(
    ("members", "ran_call"),
    [
        (f"input: {{schema: {REQUIRED}}}", False),
        (f"output: {{schema: {REQUIRED}}}", True),
        (f"output: {{as: '{{ n: 1 }}', schema: {REQUIRED}}}", True),
        (f"export: {{as: '{{ n: 1 }}', schema: {REQUIRED}}}", True),
        (f"export: {{schema: {REQUIRED}}}", True),
    ],
)
def test_each_check_of_a_task_raises_validation(members, ran_call):
    text = f"[a: {{call: http, with: {{method: get, endpoint: 'https://example.com'}}, {members}}}]"
    ran = World({"a": {"some": "thing"}}).run(flow(text), {})
    assert fault_of(ran) == ("validation", 400, "/do/0/a")
    assert bool(ran.started) is ran_call


def test_the_input_is_checked_before_it_is_shaped_and_the_output_after():
    text = "[a: {input: {schema: {document: {required: [raw]}}, from: .raw}, set: {n: 1}, output: {as: '{ shaped: . }', schema: {document: {required: [shaped]}}}}]"
    assert World().run(flow(text), {"raw": 1}).output == {"shaped": {"n": 1}}


def test_the_context_is_replaced_before_it_is_checked():
    text = f"[t: {{try: [a: {{set: {{n: 1}}, export: {{as: '{{ new: true }}', schema: {REQUIRED}}}}}], catch: {{do: [c: {{set: '${{ $context }}'}}]}}}}]"
    assert World().run(flow(text)).output == {"new": True}


def test_export_replaces_the_context_wholesale_and_its_default_keeps_it():
    text = "[a: {set: {n: 1}, export: {as: '{ a: 1 }'}}, b: {set: {n: 1}, export: {as: '{ b: 2 }'}}, c: {set: {n: 1}, export: {schema: {document: {required: [b]}}}}]"
    assert World().run(flow(text)).context == {"b": 2}


def test_the_first_context_is_an_empty_object():
    assert World().run(flow("[a: {set: {c: '${ $context }'}}]"), {"n": 1}).output == {"c": {}}


@pytest.mark.parametrize(
    "kind",
    [
        "set: {n: 1}",
        "wait: PT0S",
        "do: [x: {set: {n: 1}}]",
        "for: {in: '[1]'}, do: [x: {set: {n: 1}}]",
        "try: [x: {set: {n: 1}}], catch: {}",
    ],
)
def test_input_output_and_export_apply_to_every_kind(kind):
    text = f"[a: {{input: {{from: '{{ n: 1 }}'}}, {kind}, output: {{as: '[.]'}}, export: {{as: '{{ got: . }}'}}}}]"
    ran = World().run(flow(text))
    assert (ran.output, ran.context) == ([{"n": 1}], {"got": [{"n": 1}]})


# If


@pytest.mark.parametrize("condition", ["'false'", ".absent", "'null'", "'empty'", "'${ false }'"])
def test_a_skipped_task_passes_its_raw_input_on_and_does_nothing_else(condition):
    text = f"""
    - a:
        if: {condition}
        input: {{schema: {REQUIRED}, from: .x}}
        set: {{n: 1}}
        output: {{as: '{{ shaped: true }}', schema: {REQUIRED}}}
        export: {{as: '{{ exported: true }}'}}
        timeout: {{after: '${{ error }}'}}
        then: end
    - b: {{set: {{got: '${{ . }}'}}}}
    """
    ran = World().run(flow(text), {"x": 1})
    assert (ran.output, ran.context) == ({"got": {"x": 1}}, {})
    assert [(notice.kind, notice.data) for notice in ran.notices if notice.name == "a"] == [("skipped", {"why": f"if: {_bare(condition)}"})]


def _bare(condition: str) -> str:
    return condition.strip("'").removeprefix("${").removesuffix("}").strip()


def test_if_is_asked_once():
    text = "[l: {for: {in: '[1, 2]'}, do: [a: {if: '($context.n // 0) < 1', do: [w: {wait: PT1S, export: {as: '{ n: 5 }'}}, v: {wait: PT1S}]}]}]"
    ran = World().run(flow(text))
    assert (ran.order(), ran.end) == (["l", "a", "w", "v"], 2000)


def test_a_condition_that_fails_is_an_expression_error_of_the_task():
    ran = World().run(flow("[a: {if: error, set: {n: 1}}]"))
    assert fault_of(ran) == ("expression", 400, "/do/0/a")
    assert [notice.kind for notice in ran.notices if notice.name == "a"] == ["started", "faulted"]


# Arguments at each step


@pytest.mark.parametrize(
    ("members", "name", "bound"),
    [
        ("if: '{} == null or true', set: {{n: 1}}", "$context", True),
        ("if: '{} == null or true', set: {{n: 1}}", "$input", False),
        ("if: '{} == null or true', set: {{n: 1}}", "$output", False),
        ("if: '{} == null or true', set: {{n: 1}}", "$task", True),
        ("input: {{from: '{}'}}, set: {{n: 1}}", "$context", True),
        ("input: {{from: '{}'}}, set: {{n: 1}}", "$input", False),
        ("input: {{from: '{}'}}, set: {{n: 1}}", "$task", True),
        ("input: {{from: '{}'}}, set: {{n: 1}}", "$workflow", True),
        ("input: {{from: '{}'}}, set: {{n: 1}}", "$runtime", True),
        ("set: '{}'", "$input", True),
        ("set: '{}'", "$output", False),
        ("set: '{}'", "$context", True),
        ("set: {{n: 1}}, output: {{as: '{}'}}", "$input", True),
        ("set: {{n: 1}}, output: {{as: '{}'}}", "$output", True),
        ("set: {{n: 1}}, export: {{as: '{}'}}", "$input", True),
        ("set: {{n: 1}}, export: {{as: '{}'}}", "$output", True),
        ("set: {{n: 1}}, export: {{as: '{}'}}", "$task", True),
        ("set: {{n: 1}}, export: {{as: '{}'}}", "$nonsense", False),
        ("set: '{}'", "$authorization", False),
        ("set: '{}'", "$error", False),
        ("set: '{}'", "$item", False),
    ],
)
def test_which_arguments_exist_at_which_step(members, name, bound):
    ran = World().run(flow(f"[a: {{{members.format(name)}}}]"), {"n": 1})
    if bound:
        assert ran.completed
    else:
        assert fault_of(ran) == ("expression", 400, "/do/0/a")


def test_what_the_task_and_the_workflow_say_of_themselves():
    ran = World().run(
        flow(
            "[w: {wait: PT1S}, 'a/b': {input: {from: .n}, set: {task: '${ $task }', workflow: '${ $workflow }', runtime: '${ $runtime }'}}]"
        ),
        {"n": 1},
    )
    task, workflow = ran.output["task"], ran.output["workflow"]
    assert task == {
        "name": "a/b",
        "reference": "/do/1/a~1b",
        "definition": {"input": {"from": ".n"}, "set": {"task": "${ $task }", "workflow": "${ $workflow }", "runtime": "${ $runtime }"}},
        "input": {"n": 1},
        "startedAt": {"iso8601": "2026-01-01T00:00:01.000Z", "epoch": {"seconds": START // 1000 + 1, "milliseconds": START + 1000}},
    }
    assert (workflow["id"], workflow["input"]) == ("run-1", {"n": 1})
    assert workflow["definition"]["document"]["name"] == "flow"
    assert workflow["startedAt"]["epoch"]["milliseconds"] == START
    assert ran.output["runtime"] == {"name": "swtemporal", "version": "0.0.0-test", "metadata": {}}


def test_started_at_is_kept_while_a_task_waits():
    text = "[a: {wait: PT5S, output: {as: $task.startedAt.epoch.milliseconds}}]"
    assert World().run(flow(text)).output == START


# Timeouts


@pytest.mark.parametrize(
    "kind", ["wait: PT9S", "do: [w: {wait: PT9S}]", "listen: {to: {one: {with: {type: t}}}}", "fork: {branches: [w: {wait: PT9S}]}"]
)
def test_a_timeout_cuts_every_kind_off_and_can_be_caught(kind):
    text = f"[t: {{try: [a: {{timeout: {{after: PT2S}}, {kind}}}], catch: {{errors: {{with: {{status: 408}}}}, do: [h: {{set: {{at: '${{ $error.instance }}'}}}}]}}}}]"
    ran = World().run(flow(text))
    assert (ran.output, ran.end) == ({"at": "/do/0/t/try/0/a"}, 2000)


def test_the_innermost_of_two_timeouts_of_one_instant_is_the_one_that_is_raised():
    ran = World().run(flow("[o: {timeout: {after: PT2S}, do: [a: {timeout: {after: PT2S}, wait: PT9S}]}]"))
    assert fault_of(ran) == ("timeout", 408, "/do/0/o/do/0/a")


def test_a_timeout_by_name_or_by_expression():
    use = "{timeouts: {short: {after: PT2S}}}"
    assert World().run(flow("[a: {timeout: short, wait: PT9S}]", use=use)).end == 2000
    assert World().run(flow("[a: {input: {from: .x}, timeout: {after: '${ .max }'}, wait: PT9S}]"), {"x": {"max": "PT3S"}}).end == 3000
    assert fault_of(World().run(flow("[a: {timeout: absent, wait: PT9S}]"))) == ("configuration", 400, "/do/0/a")
    assert fault_of(World().run(flow("[a: {timeout: {after: '${ 5 }'}, wait: PT9S}]"))) == ("expression", 400, "/do/0/a")


def test_the_effects_of_a_task_that_timed_out_are_cancelled_and_its_tasks_told_of():
    text = "[t: {try: [a: {timeout: {after: PT2S}, fork: {branches: [x: CALL, y: {do: [z: CALL]}]}}], catch: {}}, w: {wait: PT5S}]"
    ran = World({"call.http": After(60_000, 1)}).run(flow(text))
    assert ran.cancelled == ["/do/0/t/try/0/a/fork/branches/0/x", "/do/0/t/try/0/a/fork/branches/1/y/do/0/z"]
    assert ran.told("cancelled") == ["z", "y", "x"]
    assert ran.end == 7000


# Schemas that stand elsewhere


def external(uri: str) -> str:
    return f"{{resource: {{endpoint: '{uri}'}}}}"


def fetched(content: str):
    return {"resource.fetch": lambda effect: {"uri": effect.arguments["with"]["uri"], "digest": "0", "content": content}}


def test_an_external_schema_is_fetched_before_it_is_needed_and_once():
    text = f"[l: {{for: {{in: '[1, 2, 3]'}}, do: [a: {{input: {{schema: {external('https://example.com/s')}}}, set: {{n: 1}}}}]}}, b: {{set: {{n: 1}}, output: {{schema: {external('https://example.com/s')}}}}}]"
    ran = World(fetched('{"type": "object"}')).run(flow(text), {})
    assert ran.completed
    assert [(one.kind, one.arguments["with"]) for one in ran.started] == [("resource.fetch", {"uri": "https://example.com/s"})]


def test_data_are_held_against_an_external_schema():
    text = f"[a: {{input: {{schema: {external('https://example.com/{which}')}}}, set: {{n: 1}}}}]"
    ran = World(fetched('{"required": ["absent"]}')).run(flow(text), {"which": "one"})
    assert fault_of(ran) == ("validation", 400, "/do/0/a")
    assert ran.started[0].arguments["with"]["uri"] == "https://example.com/one"


def test_a_resource_the_run_carries_is_not_fetched():
    text = f"[a: {{input: {{schema: {external('file:///schema.json')}}}, set: {{n: 1}}}}]"
    ran = World(resources={"file:///schema.json": "true"}).run(flow(text), {})
    assert (ran.completed, ran.started) == (True, [])


def test_two_branches_that_need_the_same_resource_hold_their_data_against_the_same_text():
    contents = iter(["true", "false"])
    answer = lambda effect: After(1000 if "/a" in effect.reference else 2000, {"uri": "-", "digest": "0", "content": next(contents)})  # noqa: E731
    schema = external("https://example.com/s")
    branches = f"[a: {{input: {{schema: {schema}}}, set: {{n: 1}}}}, b: {{input: {{schema: {schema}}}, set: {{n: 2}}}}]"
    ran = World({"resource.fetch": answer}).run(flow(f"[f: {{fork: {{branches: {branches}}}}}]"))
    assert ran.output == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("content", ["not json", "5", "[]", '"text"', "[" * 100_000])
def test_what_is_no_schema_is_a_configuration_error(content):
    text = f"[a: {{input: {{schema: {external('https://example.com/s')}}}, set: {{n: 1}}}}]"
    assert fault_of(World(fetched(content)).run(flow(text), {})) == ("configuration", 400, "/do/0/a")


def test_a_resource_that_cannot_be_fetched_is_the_tasks_error():
    text = f"[t: {{try: [a: {{set: {{n: 1}}, output: {{schema: {external('https://example.com/s')}}}}}], catch: {{do: [h: {{set: '${{ $error }}'}}]}}}}]"
    ran = World({"resource.fetch": failing("communication", 404)}).run(flow(text))
    assert (ran.output["status"], ran.output["instance"]) == (404, "/do/0/t/try/0/a")


@pytest.mark.parametrize(("format", "fine"), [("json", True), ("json:2020-12", True), ("JSON", True), ("avro", False)])
def test_the_language_of_a_schema(format, fine):
    ran = World().run(flow(f"[a: {{input: {{schema: {{format: '{format}', document: {{}}}}}}, set: {{n: 1}}}}]"))
    assert ran.completed is fine
    if not fine:
        assert fault_of(ran) == ("configuration", 400, "/do/0/a")


# What is told


def test_each_thing_that_happens_is_told_once_in_order():
    text = "[a: {set: {n: 1}}, b: {wait: PT1S, then: d}, c: {set: {n: 0}}, d: {if: 'false', set: {n: 2}}]"
    ran = World().run(flow(text), 5)
    told = [(one.kind, one.name, one.kind_of_task, one.reference, one.at - START, one.data) for one in ran.notices if one.reference]
    assert told == [
        ("started", "a", "set", "/do/0/a", 0, {"input": 5}),
        ("completed", "a", "set", "/do/0/a", 0, {"output": {"n": 1}}),
        ("started", "b", "wait", "/do/1/b", 0, {"input": {"n": 1}}),
        ("waiting", "b", "wait", "/do/1/b", 0, {"until": START + 1000}),
        ("completed", "b", "wait", "/do/1/b", 1000, {"output": {"n": 1}, "then": "d"}),
        ("skipped", "d", "set", "/do/3/d", 1000, {"why": "if: false"}),
    ]


# Deep documents


def test_documents_as_deep_as_they_may_be_and_data_as_deep_as_they_may_be():
    tasks = "[s: {set: '${ reduce range(250) as $i (0; [.]) }'}, w: {wait: PT1S}, c: CALL]"
    for level in range(62):
        tasks = f"[d{level}: {{do: {tasks}}}]"
    ran = World({"c": lambda effect: [1]}).run(flow(tasks), interrupt=lambda _: True)
    assert (ran.completed, ran.end) == (True, 1000)


def test_an_answer_nested_beyond_all_use_is_a_validation_error():
    deep: list[object] = []
    for _ in range(700):
        deep = [deep]
    tasks = "[c: CALL]"
    for level in range(40):
        tasks = f"[d{level}: {{do: {tasks}}}]"
    ran = World({"c": deep}).run(flow(tasks))
    assert fault_of(ran)[0] == "validation"
