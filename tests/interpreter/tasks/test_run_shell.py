from __future__ import annotations

import pytest

from interpreter.engine import advance, begin
from tests.fakes import World
from tests.interpreter.documents import failing, fault_of, flow


def sent(task: str, input=..., answer="given", **root):
    ran = World({"a": answer}).run(flow(f"[a: {task}]", **root), input)
    return (ran.started[0] if ran.started else None), ran


def shell(members: str, around: str = "") -> str:
    return f"{{run: {{shell: {{{members}}}{around}}}}}"


def test_the_least_one_can_say():
    effect, ran = sent(shell("command: ls"))
    assert effect.kind == "run.shell"
    assert effect.arguments["with"] == {"command": "ls", "await": True, "return": "stdout", "stdout": "text"}
    assert ran.output == "given"


def test_everything_is_filled_in_from_the_transformed_input():
    members = "command: 'echo ${ .a }', arguments: ['${ .n }', 'x${ .n }'], environment: {A: '${ .a }', B: plain}, stdin: '${ . }'"
    effect, _ = sent(shell(members), {"a": "b c", "n": 5})
    assert {name: effect.arguments["with"][name] for name in ("command", "arguments", "environment", "stdin")} == {
        "command": "echo b c",
        "arguments": [5, "x5"],
        "environment": {"A": "b c", "B": "plain"},
        "stdin": {"a": "b c", "n": 5},
    }


def test_secrets_are_left_to_the_activity():
    members = (
        "command: 'login ${ $secrets.t }', arguments: ['${ $secrets.t }'], environment: {T: '${ $secrets.t }'}, stdin: '${ $secrets.t }'"
    )
    effect, _ = sent(shell(members), {"n": 1}, use="{secrets: [t]}")
    assert effect.arguments["with"]["command"] == "login ${ $secrets.t }"
    assert set(effect.arguments["deferred"]) == {"/command", "/arguments/0", "/environment/T", "/stdin"}
    assert effect.arguments["secrets"] == ["t"]


@pytest.mark.parametrize("wanted", ["stdout", "stderr", "code", "all", "none"])
def test_what_comes_back_is_the_activitys_to_say(wanted):
    effect, ran = sent(shell("command: ls", f", return: {wanted}"), answer={"any": 1})
    assert effect.arguments["with"]["return"] == wanted
    assert ran.output == {"any": 1}


def test_without_await_the_input_is_the_output():
    task = "{input: {from: .inner}, output: {as: '{lost: true}'}, run: {await: false, shell: {command: ls}}}"
    effect, ran = sent(task, {"inner": {"x": 1}})
    assert effect.arguments["with"]["await"] is False
    assert ran.output == {"x": 1}


def test_standard_output_may_be_read_as_json():
    effect, _ = sent("{metadata: {swtemporal: {stdout: json}}, run: {shell: {command: ls}}}")
    assert effect.arguments["with"]["stdout"] == "json"


def test_another_reading_is_refused():
    _, ran = sent("{metadata: {swtemporal: {stdout: xml}}, run: {shell: {command: ls}}}")
    assert fault_of(ran) == ("configuration", 400, "/do/0/a")
    assert ran.started == []


def test_a_fault_of_the_activity_is_the_tasks():
    _, ran = sent(shell("command: ls"), answer=failing("runtime"))
    assert fault_of(ran) == ("runtime", 500, "/do/0/a")


def test_a_retry_is_another_effect_with_the_same_key():
    task = "{try: [a: {run: {shell: {command: ls}}}], catch: {retry: {limit: {attempt: {count: 2}}}}}"
    ran = World({"a": [failing("runtime"), failing("runtime"), "third"]}).run(flow(f"[t: {task}]"))
    assert ran.output == "third"
    assert len({effect.key for effect in ran.started}) == 1
    assert len(ran.started) == 3
    assert all("retry" not in effect.arguments for effect in ran.started)


@pytest.mark.parametrize(
    ("command", "summary"),
    [
        ("ls -l", "a · ls -l"),
        ("'\n echo ${ .secret }\n rm x'", "a · echo ${ .secret }…"),
        (f"'echo {'x' * 200}'", f"a · echo {'x' * 75}…"),
    ],
)
def test_a_timeline_shows_the_beginning_of_the_documents_text(command, summary):
    world, definition = World(), flow(f"[a: {shell(f'command: {command}')}]".replace("\n", "\\n").replace("'", '"'))
    state = begin({"secret": "hidden"}, id="run-1", seed="seed-1", now=0)
    (effect,) = advance(definition, state, 0, world.host()).wanted
    assert effect.summary == summary
