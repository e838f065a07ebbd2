from __future__ import annotations

import pytest

from interpreter.document.load import define
from tests.fakes import World
from tests.interpreter.documents import HEADER, fault_of, flow, read


def child(tasks: str, version: str = "1.0.0"):
    return define({"document": {**HEADER, "name": "child", "version": version}, "do": read(tasks)})


def run(text: str, input=..., **children: str):
    found = {
        f"test/child:{version.replace('_', '.')[1:]}": child(tasks, version.replace("_", ".")[1:]) for version, tasks in children.items()
    }
    return World(children=found).run(flow(text), input)


CALL_CHILD = "[a: {run: {workflow: {namespace: test, name: child, version: 1.0.0, input: {n: '${ .n }'}}}}]"


def test_the_output_is_the_childs_and_takes_as_long_as_it_does():
    ran = run(CALL_CHILD, {"n": 2}, v1_0_0="[w: {wait: PT3S}, s: {set: {twice: '${ .n * 2 }'}}]")
    assert (ran.output, ran.end) == ({"twice": 4}, 3000)


def test_latest_is_the_highest_version_and_the_default():
    text = "[a: {run: {workflow: {namespace: test, name: child, version: latest}}}]"
    assert run(text, v1_0_0="[s: {set: {v: 1}}]", v2_0_0="[s: {set: {v: 2}}]").output == {"v": 2}


def test_without_input_the_child_gets_an_empty_object():
    text = "[a: {run: {workflow: {namespace: test, name: child, version: latest}}}]"
    assert run(text, {"n": 1}, v1_0_0="[s: {set: {got: '${ . }'}}]").output == {"got": {}}


def test_an_error_of_the_child_is_passed_on_as_it_is():
    ran = run(CALL_CHILD, {"n": 1}, v1_0_0="[s: {raise: {error: {type: 'https://example.com/e', status: 418, title: T}}}]")
    assert (ran.problem["type"], ran.problem["status"], ran.problem["title"]) == ("https://example.com/e", 418, "T")


def test_an_error_of_the_child_can_be_caught():
    text = f"[t: {{try: {CALL_CHILD}, catch: {{errors: {{with: {{status: 418}}}}, do: [c: {{set: {{caught: true}}}}]}}}}]"
    assert run(text, {"n": 1}, v1_0_0="[s: {raise: {error: {type: 'https://example.com/e', status: 418}}}]").output == {"caught": True}


def test_a_workflow_that_is_not_carried_is_a_configuration_error():
    assert fault_of(run(CALL_CHILD, {"n": 1})) == ("configuration", 400, "/do/0/a")


def test_without_await_the_output_is_the_input_and_output_and_export_are_ignored():
    text = """
    - a:
        run: {await: false, workflow: {namespace: test, name: child, version: 1.0.0}}
        output: {as: '{ shaped: true }', schema: {document: {type: string}}}
        export: {as: '{ exported: true }', schema: {document: {type: string}}}
    """
    ran = run(text, {"n": 1}, v1_0_0="[w: {wait: PT9S}]")
    assert (ran.output, ran.context, ran.end) == ({"n": 1}, {}, 0)


@pytest.mark.parametrize(
    ("wanted", "output"),
    [("stdout", {"v": 1}), ("none", None), ("code", 0), ("stderr", ""), ("all", {"code": 0, "stdout": '{"v":1}', "stderr": ""})],
)
def test_what_return_gives(wanted, output):
    text = f"[a: {{run: {{return: {wanted}, workflow: {{namespace: test, name: child, version: 1.0.0}}}}}}]"
    assert run(text, v1_0_0="[s: {set: {v: 1}}]").output == output


@pytest.mark.parametrize(
    ("text", "abandoned"),
    [
        (CALL_CHILD, False),
        (CALL_CHILD.replace("{run:", "{metadata: {swtemporal: {detached: true}}, run:"), True),
        (f"[f: {{fork: {{branches: {CALL_CHILD}}}}}]", True),
        (f"[f: {{fork: {{branches: [d: {{do: {CALL_CHILD}}}]}}}}]", True),
        (CALL_CHILD.replace("{workflow:", "{await: false, workflow:"), True),
    ],
)
def test_a_child_is_abandoned_where_a_capture_must_not_wait_for_it(text, abandoned):
    wanted = []

    def answer(effect):
        wanted.append((effect.options["abandon"], effect.repeatable))
        return {}

    World({"run.workflow": answer}, children={"test/child:1.0.0": child("[s: {set: {v: 1}}]")}).run(flow(text), {"n": 1})
    assert wanted == [(abandoned, abandoned)]


def test_a_child_that_is_no_longer_wanted_is_cancelled():
    text = CALL_CHILD.replace("{run:", "{timeout: {after: PT2S}, run:")
    ran = run(text, {"n": 1}, v1_0_0="[w: {wait: PT9S}]")
    assert fault_of(ran) == ("timeout", 408, "/do/0/a")
    assert (ran.cancelled, ran.end) == (["/do/0/a"], 2000)
