from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import failing, fault_of, flow

SERVER = "server: 'https://example.com/a2a'"
CARD = "agentCard: {endpoint: 'https://example.com/card.json'}"
MESSAGE = "method: message/send, parameters: {message: {parts: [{kind: text, text: '${ .say }'}]}}"


def ran(arguments: str, input=..., resources=None, **root):
    return World({"a": {"kind": "message"}}, resources=resources).run(flow(f"[a: {{call: a2a, with: {{{arguments}}}}}]", **root), input)


def sent(arguments: str, input=..., **more):
    found = ran(arguments, input, **more)
    assert found.completed, found.problem
    (started,) = found.started
    assert started.kind == "call.a2a"
    return started.arguments


def test_a_server_and_a_message():
    assert sent(f"{MESSAGE}, {SERVER}", {"say": "hello"})["with"] == {
        "method": "message/send",
        "uri": "https://example.com/a2a",
        "parameters": {"message": {"parts": [{"kind": "text", "text": "hello"}]}},
    }


def test_a_card_and_no_parameters():
    assert sent(f"method: agent/getAuthenticatedExtendedCard, {CARD}")["with"] == {
        "method": "agent/getAuthenticatedExtendedCard",
        "document": {"uri": "https://example.com/card.json"},
    }


def test_a_card_that_the_run_carries_goes_along():
    found = sent(f"method: tasks/list, {CARD}", resources={"https://example.com/card.json": "{}"})
    assert found["with"]["document"] == {"uri": "https://example.com/card.json", "content": "{}"}


def test_both_go_along_each_with_its_credentials():
    use = "{authentications: {mine: {bearer: {token: t}}}}"
    both = """
      method: tasks/get, parameters: {id: '1'}, server: {uri: 'https://example.com/a2a', authentication: {use: mine}},
      agentCard: {endpoint: {uri: 'https://example.com/card.json', authentication: {basic: {username: u, password: p}}}}
    """
    found = sent(both, use=use)["with"]
    assert (found["uri"], found["authentication"]) == ("https://example.com/a2a", {"bearer": {"token": "t"}})
    assert found["document"] == {"uri": "https://example.com/card.json", "authentication": {"basic": {"username": "u", "password": "p"}}}


def test_neither_is_a_configuration_error():
    assert fault_of(ran("method: tasks/list")) == ("configuration", 400, "/do/0/a")


@pytest.mark.parametrize("expression", ["'${ .p }'", "'.p'"])
def test_parameters_may_be_one_expression_marked_or_not(expression):
    assert sent(f"method: tasks/get, {SERVER}, parameters: {expression}", {"p": {"id": "7"}})["with"]["parameters"] == {"id": "7"}


def test_addresses_are_filled_in():
    assert sent("method: tasks/list, server: 'https://example.com/{team}'", {"team": "a b"})["with"]["uri"] == "https://example.com/a%20b"


def test_secrets_stay_outside_wherever_they_are_named():
    arguments = """
      method: tasks/get, parameters: {id: '${ $secrets.t }'}, server: 'https://example.com/${ $secrets.t }',
      agentCard: {endpoint: {uri: 'https://example.com/${ $secrets.t }', authentication: {bearer: {token: '${ $secrets.t }'}}}}
    """
    found = sent(arguments, use="{secrets: [t]}")
    assert sorted(found["deferred"]) == ["/document/authentication/bearer/token", "/document/uri", "/parameters/id", "/uri"]
    assert found["secrets"] == ["t"]


@pytest.mark.parametrize(
    "where",
    [
        "server: {uri: 'https://x.example', authentication: {bearer: {use: t}}}",
        "agentCard: {endpoint: {uri: 'https://x.example', authentication: {bearer: {use: t}}}}",
    ],
)
def test_a_whole_secret_names_the_secrets_that_may_be_read(where):
    assert sent(f"method: tasks/list, {where}", use="{secrets: [t]}")["secrets"] == ["t"]


@pytest.mark.parametrize(("where", "shown"), [(SERVER, "https://example.com/a2a"), (CARD, "https://example.com/card.json"), (f"{SERVER}, {CARD}", "https://example.com/card.json")])  # fmt: skip
def test_the_summary_names_the_method_and_the_agent_as_the_document_does(where, shown):
    seen = []
    World({"a": lambda effect: seen.append(effect.summary) or {}}).run(flow(f"[a: {{call: a2a, with: {{method: tasks/list, {where}}}}}]"))
    assert seen == [f"a · tasks/list · {shown}"]


def test_the_output_is_what_the_activity_gives():
    assert ran(f"{MESSAGE}, {SERVER}", {"say": "hello"}).output == {"kind": "message"}


def test_the_retry_of_a_try_around_it_is_handed_to_the_activity():
    retry = "{delay: PT1S, limit: {attempt: {count: 2}}}"
    text = f"[t: {{try: [a: {{call: a2a, with: {{method: tasks/list, {SERVER}}}}}], catch: {{retry: {retry}}}}}]"
    found = World({"a": [failing("communication", 503), {"ok": True}]}).run(flow(text))
    assert found.output == {"ok": True}
    assert [one.arguments["retry"]["delay"] for one in found.started] == [1_000, 1_000]
