from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import fault_of, flow

OF = {"namespace": "test", "workflow": "flow", "task": "a"}


def sent(container: str, input=..., around: str = "", **root):
    ran = World({"a": "given"}).run(flow(f"[a: {{run: {{container: {container}{around}}}}}]", **root), input)
    return (ran.started[0] if ran.started else None), ran


def test_the_least_one_can_say():
    effect, ran = sent("{image: alpine}")
    assert effect.kind == "run.container"
    assert effect.arguments["with"] == {
        "image": "alpine",
        "of": OF,
        "pullPolicy": "ifNotPresent",
        "lifetime": {"cleanup": "never"},
        "await": True,
        "return": "stdout",
        "stdout": "text",
    }
    assert ran.output == "given"


def test_everything_is_filled_in_from_the_transformed_input():
    container = """{image: 'i:${ .n }', name: 'c-${ .n }', command: 'echo ${ .n }', arguments: ['${ .n }'], stdin: '${ .n }', ports: {'8080': '${ .n }'},
      volumes: {/host: '/in/${ .n }'}, environment: {A: '${ .n }'}, pullPolicy: never, lifetime: {cleanup: always}}"""
    effect, _ = sent(container, {"n": 5})
    found = {name: value for name, value in effect.arguments["with"].items() if name not in {"of", "await", "return", "stdout"}}
    assert found == {
        "image": "i:5",
        "name": "c-5",
        "command": "echo 5",
        "arguments": [5],
        "stdin": 5,
        "ports": {"8080": 5},
        "volumes": {"/host": "/in/5"},
        "environment": {"A": 5},
        "pullPolicy": "never",
        "lifetime": {"cleanup": "always"},
    }


def test_a_name_may_be_made_of_what_the_run_knows():
    effect, _ = sent("""{image: a, name: '${ "hello-\\($workflow.definition.document.name)-\\($task.name)-\\($workflow.id)" }'}""")
    assert effect.arguments["with"]["name"] == "hello-flow-a-run-1"


def test_secrets_are_left_to_the_activity():
    effect, _ = sent("{image: a, environment: {T: '${ $secrets.t }'}, command: 'x ${ $secrets.t }'}", use="{secrets: [t]}")
    assert set(effect.arguments["deferred"]) == {"/environment/T", "/command"}


@pytest.mark.parametrize(("after", "milliseconds"), [("{minutes: 30}", 1_800_000), ("PT2S", 2_000), ("'${ .d }'", 7_000)])
def test_a_lifetime_is_in_milliseconds(after, milliseconds):
    effect, _ = sent(f"{{image: a, lifetime: {{cleanup: eventually, after: {after}}}}}", {"d": "PT7S"})
    assert effect.arguments["with"]["lifetime"] == {"cleanup": "eventually", "after": milliseconds}


def test_a_lifetime_that_is_none_is_an_error():
    _, ran = sent("{image: a, lifetime: {cleanup: eventually, after: '${ .d }'}}", {"d": "soon"})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


def test_without_await_the_input_is_the_output():
    effect, ran = sent("{image: a}", {"x": 1}, ", await: false")
    assert effect.arguments["with"]["await"] is False
    assert ran.output == {"x": 1}
