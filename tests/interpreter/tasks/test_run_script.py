from __future__ import annotations

import pytest

from interpreter.document.load import load
from tests.fakes import World
from tests.interpreter.documents import fault_of, flow


def sent(script: str, input=..., resources=None, **root):
    ran = World({"a": "given"}, resources=resources).run(flow(f"[a: {{run: {{script: {script}}}}}]", **root), input)
    return (ran.started[0] if ran.started else None), ran


@pytest.mark.parametrize(("written", "language"), [("js", "javascript"), ("javascript", "javascript"), ("python", "python")])
def test_the_least_one_can_say(written, language):
    effect, ran = sent(f"{{language: {written}, code: '1'}}")
    assert effect.kind == "run.script"
    assert effect.arguments["with"] == {"language": language, "code": "1", "await": True, "return": "stdout", "stdout": "text"}
    assert ran.output == "given"


def test_code_is_taken_as_it_stands():
    effect, _ = sent("{language: js, code: 'console.log(`${ .a } ${$secrets.b}`)'}")
    assert effect.arguments["with"]["code"] == "console.log(`${ .a } ${$secrets.b}`)"
    assert "deferred" not in effect.arguments


def test_what_it_is_given_is_filled_in():
    effect, _ = sent("{language: js, code: '1', arguments: ['${ .n }'], environment: {A: '${ .n }'}, stdin: '${ . }'}", {"n": 1})
    found = effect.arguments["with"]
    assert (found["arguments"], found["environment"], found["stdin"]) == ([1], {"A": 1}, {"n": 1})


@pytest.mark.parametrize("written", ["ruby", "Python", "py", ""])
def test_another_language_is_told_before_and_refused_when_it_runs(written):
    text = (
        "{document: {dsl: 1.0.3, namespace: t, name: f, version: 1.0.0}, "
        f"do: [a: {{run: {{script: {{language: '{written}', code: x}}}}}}]}}"
    )
    assert [(one.code, one.pointer) for one in load(text).findings] == [("unsupported", "/do/0/a/run/script/language")]
    _, ran = sent(f"{{language: '{written}', code: '1'}}")
    assert fault_of(ran) == ("configuration", 400, "/do/0/a")


# From a resource

SOURCE = "{language: python, source: {endpoint: 'https://example.com/{name}.py'}, arguments: [x]}"


def test_a_source_is_left_to_the_activity():
    effect, ran = sent(SOURCE, {"name": "s"})
    found = effect.arguments["with"]
    assert found["document"] == {"uri": "https://example.com/s.py"}
    assert "code" not in found
    assert "source" not in found
    assert found["arguments"] == ["x"]
    assert ran.output == "given"


def test_a_source_that_the_run_carries_goes_along():
    effect, _ = sent("{language: python, source: {endpoint: 'file:///s.py'}}", resources={"file:///s.py": "print(1)"})
    assert effect.arguments["with"]["document"] == {"uri": "file:///s.py", "content": "print(1)"}


def test_a_sources_secrets_are_left_to_the_activity():
    source = "{endpoint: {uri: 'https://example.com/${ $secrets.t }', authentication: {bearer: {token: '${ $secrets.t }'}}}}"
    effect, _ = sent(f"{{language: python, source: {source}, stdin: '${{ $secrets.t }}'}}", use="{secrets: [t]}")
    assert set(effect.arguments["deferred"]) == {"/document/uri", "/document/authentication/bearer/token", "/stdin"}
    assert effect.arguments["secrets"] == ["t"]
