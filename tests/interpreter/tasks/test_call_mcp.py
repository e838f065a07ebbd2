from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import failing, fault_of, flow

HTTP = "transport: {http: {endpoint: 'https://example.com/mcp'}}"
STDIO = "transport: {stdio: {command: npx}}"


def ran(arguments: str, input=..., task: str = "", **root):
    return World({"a": {"tools": []}}).run(flow(f"[a: {{call: mcp, with: {{{arguments}}}{task}}}]", **root), input)


def sent(arguments: str, input=..., **root):
    found = ran(arguments, input, **root)
    assert found.completed, found.problem
    (started,) = found.started
    assert started.kind == "call.mcp"
    return started.arguments


def test_the_least_one_can_say():
    assert sent(f"method: tools/list, {HTTP}")["with"] == {
        "method": "tools/list",
        "protocolVersion": "2025-06-18",
        "uri": "https://example.com/mcp",
    }


def test_everything_by_http_is_filled_in_from_the_transformed_input():
    arguments = """
      method: tools/call, protocolVersion: '2025-03-26', client: {name: me, version: '1'}, timeout: {seconds: 5},
      parameters: {name: '${ .tool }', arguments: {n: '${ .n }'}},
      transport: {http: {endpoint: {uri: 'https://example.com/{tool}'}, headers: {X-N: 'n${ .n }'}}}
    """
    assert sent(arguments, {"tool": "add", "n": 7})["with"] == {
        "method": "tools/call",
        "protocolVersion": "2025-03-26",
        "client": {"name": "me", "version": "1"},
        "timeout": 5_000,
        "parameters": {"name": "add", "arguments": {"n": 7}},
        "uri": "https://example.com/add",
        "headers": {"X-N": "n7"},
    }


def test_everything_by_stdio_is_filled_in_from_the_transformed_input():
    arguments = """
      method: resources/read, parameters: '${ .p }',
      transport: {stdio: {command: '${ .command }', arguments: [-y, '${ .package }'], environment: {TEAM: '${ .team }'}}}
    """
    found = sent(arguments, {"p": {"uri": "memo://1"}, "command": "npx", "package": "server", "team": "blue"})["with"]
    assert found["stdio"] == {"command": "npx", "arguments": ["-y", "server"], "environment": {"TEAM": "blue"}}
    assert found["parameters"] == {"uri": "memo://1"}


@pytest.mark.parametrize("expression", ["'${ .p }'", "'.p'", "'{ name: .p.name }'"])
def test_parameters_may_be_one_expression_marked_or_not(expression):
    assert sent(f"method: tools/call, {HTTP}, parameters: {expression}", {"p": {"name": "add"}})["with"]["parameters"] == {"name": "add"}


@pytest.mark.parametrize("expression", ["'${ .p }'", "'.p'", "'.p |'"])
def test_parameters_that_are_no_object_are_an_expression_error(expression):
    assert fault_of(ran(f"method: tools/call, {HTTP}, parameters: {expression}", {"p": [1]})) == ("expression", 400, "/do/0/a")


@pytest.mark.parametrize("timeout", ["PT1.5S", "{milliseconds: 1500}", "'${ .t }'"])
def test_a_timeout_in_each_of_its_forms(timeout):
    assert sent(f"method: tools/list, {HTTP}, timeout: {timeout}", {"t": "PT1.5S"})["with"]["timeout"] == 1_500


def test_secrets_stay_outside_wherever_they_are_named():
    http = "transport: {http: {endpoint: {uri: 'https://example.com/?k=${ $secrets.t }', authentication: {bearer: {use: t}}}, headers: {X: '${ $secrets.t }'}}}"
    found = sent(f"method: tools/call, {http}, parameters: {{name: x, arguments: {{k: '${{ $secrets.t }}'}}}}", use="{secrets: [t]}")
    assert sorted(found["deferred"]) == ["/headers/X", "/parameters/arguments/k", "/uri"]
    assert found["with"]["authentication"] == {"bearer": {"use": "t"}}
    assert found["secrets"] == ["t"]
    stdio = "transport: {stdio: {command: npx, arguments: ['${ $secrets.t }'], environment: {T: '${ $secrets.t }'}}}"
    assert sorted(sent(f"method: tools/list, {stdio}", use="{secrets: [t]}")["deferred"]) == ["/stdio/arguments/0", "/stdio/environment/T"]


@pytest.mark.parametrize("expression", ["'${ $secrets.p }'", "'$secrets.p'"])
def test_parameters_that_are_a_secret_stay_outside(expression):
    found = sent(f"method: tools/call, {HTTP}, parameters: {expression}", use="{secrets: [p]}")
    assert found["deferred"].keys() == {"/parameters"}
    assert "$secrets.p" in found["with"]["parameters"]


def test_an_option_that_nobody_knows_is_a_configuration_error():
    found = ran("method: tools/list, transport: {http: {endpoint: 'https://example.com'}, options: {speed: high}}")
    assert fault_of(found) == ("configuration", 400, "/do/0/a")
    assert "speed" in found.problem["detail"]


@pytest.mark.parametrize(
    ("arguments", "summary"),
    [
        (f"method: tools/list, {HTTP}", "a · tools/list · https://example.com/mcp"),
        (f"method: prompts/get, {STDIO}", "a · prompts/get · npx"),
    ],
)
def test_the_summary_names_the_method_and_the_server_as_the_document_does(arguments, summary):
    seen = []
    World({"a": lambda effect: seen.append(effect.summary) or {}}).run(flow(f"[a: {{call: mcp, with: {{{arguments}}}}}]"))
    assert seen == [summary]


def test_the_output_is_what_the_activity_gives():
    assert ran(f"method: tools/list, {STDIO}").output == {"tools": []}


def test_literal_texts_are_never_taken_for_expressions():
    found = sent(f"method: tools/list, {HTTP}, client: {{name: .x, version: '1'}}", {"x": 2}, evaluate="{mode: loose}")["with"]
    assert (found["method"], found["client"]["name"]) == ("tools/list", ".x")


def test_the_retry_of_a_try_around_it_is_handed_to_the_activity():
    retry = "{delay: PT1S, limit: {attempt: {count: 2}}}"
    text = f"[t: {{try: [a: {{call: mcp, with: {{method: tools/list, {HTTP}}}}}], catch: {{retry: {retry}}}}}]"
    found = World({"a": [failing("communication", 503), {"ok": True}]}).run(flow(text))
    assert found.output == {"ok": True}
    assert [one.arguments["retry"]["delay"] for one in found.started] == [1_000, 1_000]
