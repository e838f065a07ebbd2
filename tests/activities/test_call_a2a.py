from __future__ import annotations

import asyncio
import json

import pytest

from activities.a2a_.wire import METHODS
from interpreter.effects import CALL_A2A
from tests.activities.a2a_.stub import TASKS, Agent, new_card, old_card
from tests.activities.performing import arguments, environment, perform, performed, problem
from tests.counterparts import Counterpart, Reply
from tests.settings import Settings

HELLO = {"message": {"parts": [{"kind": "text", "text": "hello"}]}}
CARDS = {"0.3": old_card, "1.0": new_card}


def with_(method, parameters=None, *, uri=None, card=None, at="https://cards.example/card", **more):
    given = {"method": method, **more}
    if parameters is not None:
        given["parameters"] = parameters
    if uri is not None:
        given["uri"] = uri
    if card is not None:
        given["document"] = {"uri": at, "content": json.dumps(card)}
    return given


def by_card(counterpart, version, method, parameters=None, **more):
    return perform(CALL_A2A, arguments(with_(method, parameters, card=CARDS[version](counterpart.origin), **more)))


def by_server(counterpart, method, parameters=None, **more):
    return perform(CALL_A2A, arguments(with_(method, parameters, uri=f"{counterpart.origin}/a2a", **more)))


def trouble(given, settings=None, **more):
    """Type (its last part), status, title and detail."""
    found = problem(CALL_A2A, arguments(given, **more), settings)
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]


@pytest.mark.parametrize(("version", "result"), [("0.3", {"kind": "message", "parts": [{"kind": "text", "text": "hello"}]}), ("1.0", {"message": {"parts": [{"text": "hello"}]}})])  # fmt: skip
def test_the_card_says_which_version_is_spoken(counterpart, version, result):
    agent = Agent(counterpart, version)
    assert by_card(counterpart, version, "message/send", HELLO) == result
    (request,) = agent.requests
    assert request.headers.get("a2a-version") == (None if version == "0.3" else "1.0")
    assert request.json()["method"] == ("message/send" if version == "0.3" else "SendMessage")


def test_without_a_card_the_older_version_is_tried_first(counterpart):
    agent = Agent(counterpart, "0.3")
    by_server(counterpart, "message/send", HELLO)
    assert [one["method"] for one in agent.messages] == ["message/send"]


@pytest.mark.parametrize("others", [("1.0",), ("1.0", "2.0")])
def test_without_a_card_an_agent_that_does_not_know_it_is_asked_in_the_newer_one(counterpart, others):
    agent = Agent(counterpart, *others)
    assert by_server(counterpart, "message/send", HELLO) == {"message": {"parts": [{"text": "hello"}]}}
    assert [one["method"] for one in agent.messages] == ["message/send", "SendMessage"]
    assert len({request.key for request in agent.requests}) == 2


def test_an_agent_that_knows_neither_says_so(counterpart):
    Agent(counterpart, "2.0")
    kind, status, _, detail = trouble(with_("tasks/get", {"id": "t-1"}, uri=f"{counterpart.origin}/a2a"))
    assert (kind, status) == ("runtime", 500)
    assert "not spoken here" in detail


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_a_message_gets_an_id_that_is_the_same_for_every_attempt_and_is_the_users(counterpart, version):
    agent = Agent(counterpart, version)
    for _ in range(2):
        by_card(counterpart, version, "message/send", HELLO)
    first, second = (one["params"]["message"] for one in agent.messages)
    assert first == second
    assert (first["messageId"], first["role"]) == ("key-1", "user" if version == "0.3" else "ROLE_USER")


def test_what_the_document_says_of_a_message_stays(counterpart):
    agent = Agent(counterpart, "0.3")
    by_card(counterpart, "0.3", "message/send", {"message": {**HELLO["message"], "messageId": "m", "role": "agent"}, "metadata": {"a": 1}})
    params = agent.messages[0]["params"]
    assert (params["message"]["messageId"], params["message"]["role"], params["metadata"]) == ("m", "agent", {"a": 1})


@pytest.mark.parametrize("version", ["0.3", "1.0"])
@pytest.mark.parametrize("method", ["message/stream", "tasks/resubscribe"])
def test_a_stream_is_an_array_of_its_results_in_order(counterpart, version, method):
    Agent(counterpart, version)
    states = [one["state"] for one in by_card(counterpart, version, method, {"id": "t-1", **HELLO})]
    assert states == ["submitted", "working", "completed"]


@pytest.mark.parametrize("version", ["0.3", "1.0"])
@pytest.mark.parametrize("method", sorted(set(METHODS) - {"message/send", "message/stream", "tasks/resubscribe", "tasks/get"}))
def test_every_method_is_called_by_its_name_in_the_version(counterpart, version, method):
    agent = Agent(counterpart, version)
    assert by_card(counterpart, version, method, {"taskId": "t-1"}) == {"taskId": "t-1"}
    assert agent.messages[0]["method"] == (method if version == "0.3" else METHODS[method])


def test_a_method_without_parameters(counterpart):
    agent = Agent(counterpart, "0.3")
    assert by_card(counterpart, "0.3", "agent/getAuthenticatedExtendedCard") == {}
    assert agent.messages[0]["id"] == "key-1"


def test_a_task(counterpart):
    Agent(counterpart, "0.3", "1.0")
    assert by_server(counterpart, "tasks/get", {"id": "t-1"}) == TASKS["t-1"]


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_an_error_of_the_agent_is_a_runtime_error(counterpart, version):
    Agent(counterpart, version)
    kind, status, _, detail = trouble(with_("tasks/get", {"id": "none"}, card=CARDS[version](counterpart.origin)))
    assert (kind, status, detail) == ("runtime", 500, "tasks/get: Task not found (JSON-RPC error -32001)")


def test_an_error_within_a_stream_is_a_runtime_error(counterpart):
    body = b'data: {"jsonrpc":"2.0","id":1,"result":{}}\n\ndata: {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"lost it"}}\n\n'
    counterpart.replies["/a2a"] = Reply(200, body, {"Content-Type": "text/event-stream"})
    assert trouble(with_("message/stream", HELLO, uri=f"{counterpart.origin}/a2a"))[:3] == ("runtime", 500, "Internal error")


# Credentials


def bearer(token):
    return lambda received: received.headers.get("authorization") == f"Bearer {token}"


def test_the_servers_credentials_go_to_the_server(counterpart):
    agent = Agent(counterpart, "0.3", credentials=bearer("t"))
    by_server(counterpart, "tasks/get", {"id": "t-1"}, authentication={"bearer": {"token": "t"}})
    assert len(agent.requests) == 1


def test_wrong_credentials_are_the_agents_status(counterpart):
    Agent(counterpart, "0.3", credentials=bearer("t"))
    settings = Settings(environment={"SWTEMPORAL_SECRET_T": '{"token": "hush-hush"}'})
    given = with_("tasks/get", {"id": "t-1"}, uri=f"{counterpart.origin}/a2a", authentication={"bearer": {"use": "t"}})
    kind, status, _, detail = trouble(given, settings, secrets=["t"])
    assert (kind, status) == ("communication", 401)
    assert "hush-hush" not in detail


SCHEMES = [
    ("0.3", {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}}, "security": [{"k": []}]}, lambda got: got.headers.get("x-key") == "t"),
    ("0.3", {"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "key"}}, "security": [{"k": []}]}, lambda got: got.query == {"key": ["t"]}),
    ("0.3", {"securitySchemes": {"k": {"type": "apiKey", "in": "cookie", "name": "key"}}, "security": [{"k": []}]}, lambda got: got.headers.get("cookie") == "key=t"),
    ("0.3", {"securitySchemes": {"k": {"type": "http", "scheme": "bearer"}}, "security": [{"k": []}]}, bearer("t")),
    ("0.3", {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}}}, bearer("t")),
    ("1.0", {"securitySchemes": {"k": {"apiKeySecurityScheme": {"location": "header", "name": "X-Key"}}}, "securityRequirements": [{"schemes": {"k": {}}}]}, lambda got: got.headers.get("x-key") == "t"),
    ("1.0", {"securitySchemes": {"k": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}}, "securityRequirements": [{"schemes": {"k": {}}}]}, bearer("t")),
]  # fmt: skip


@pytest.mark.parametrize(("version", "security", "right"), SCHEMES)
def test_credentials_go_where_the_card_wants_them(counterpart, version, security, right):
    agent = Agent(counterpart, version, credentials=right)
    card = CARDS[version](counterpart.origin, **security)
    given = with_("tasks/get", {"id": "t-1"}, card=card, uri=f"{counterpart.origin}/other", authentication={"bearer": {"token": "t"}})
    assert perform(CALL_A2A, arguments(given)) == TASKS["t-1"]
    assert sum("t" in str(request.headers.get("authorization", "")) for request in agent.requests) == (
        right(agent.requests[0]) and "authorization" in agent.requests[0].headers
    )


def test_a_guarded_card_is_fetched_with_its_credentials_which_serve_its_agent_too(counterpart):
    agent = Agent(counterpart, "1.0", credentials=bearer("t"))
    counterpart.replies["/card"] = lambda got: Reply.json(new_card(counterpart.origin)) if bearer("t")(got) else Reply(401)
    document = {"uri": f"{counterpart.origin}/card", "authentication": {"bearer": {"token": "t"}}}
    assert perform(CALL_A2A, arguments({**with_("tasks/get", {"id": "t-1"}), "document": document})) == TASKS["t-1"]
    assert len(agent.requests) == 1


def test_credentials_go_to_no_other_origin_than_their_own(counterpart):
    with Counterpart() as elsewhere:
        agent = Agent(elsewhere, "0.3")
        counterpart.replies["/card"] = Reply.json(old_card(elsewhere.origin))
        document = {"uri": f"{counterpart.origin}/card", "authentication": {"bearer": {"token": "t"}}}
        given = with_("tasks/get", {"id": "t-1"}, uri=f"{counterpart.origin}/a2a", authentication={"bearer": {"token": "u"}})
        assert perform(CALL_A2A, arguments({**given, "document": document})) == TASKS["t-1"]
    assert "authorization" not in agent.requests[0].headers


# What goes wrong


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ([], "no object"),
        ({}, "no interface"),
        ({"supportedInterfaces": [{"url": "https://x", "protocolBinding": "GRPC", "protocolVersion": "1.0"}]}, "offers GRPC; only JSONRPC"),
        ({"url": "https://x", "preferredTransport": "HTTP+JSON"}, "offers HTTP+JSON"),
        ({"url": 5}, "JSONRPC"),
    ],
)
def test_a_card_of_no_use_is_a_configuration_error(card, said):
    kind, status, _, detail = trouble(with_("tasks/get", {"id": "t-1"}, card=card))
    assert (kind, status) == ("configuration", 400)
    assert said in detail


def test_a_card_may_offer_json_rpc_beside_what_it_prefers(counterpart):
    Agent(counterpart, "0.3")
    more = {
        "preferredTransport": "GRPC",
        "url": "https://grpc.example",
        "additionalInterfaces": [{"url": f"{counterpart.origin}/a2a", "transport": "JSONRPC"}],
    }
    assert perform(CALL_A2A, arguments(with_("tasks/get", {"id": "t-1"}, card=old_card("", **more)))) == TASKS["t-1"]


def test_a_tenant_goes_along_and_an_address_may_be_relative(counterpart):
    agent = Agent(counterpart, "1.0")
    counterpart.replies["/cards/mine"] = Reply.json(
        {"supportedInterfaces": [{"url": "../a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0", "tenant": "blue"}]}
    )
    document = {"uri": f"{counterpart.origin}/cards/mine"}
    perform(CALL_A2A, arguments({**with_("tasks/list", {"pageSize": 1}), "document": document}))
    assert agent.messages[0]["params"] == {"tenant": "blue", "pageSize": 1}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"hello", {"Content-Type": "text/plain"}),
        Reply(200, b"{", {"Content-Type": "application/json"}),
        Reply(200, b"[1]", {"Content-Type": "application/json"}),
        Reply(200, b"{}", {"Content-Type": "application/json"}),
        Reply(200, b"data: [\n\n", {"Content-Type": "text/event-stream"}),
        Reply(200, b"", {"Content-Type": "text/event-stream"}),
        Reply(204),
    ],
)
def test_an_agent_that_answers_garbage(counterpart, reply):
    counterpart.replies["/a2a"] = reply
    assert trouble(with_("tasks/get", {"id": "t-1"}, uri=f"{counterpart.origin}/a2a"))[:3] == (
        "communication",
        500,
        "Response not understood",
    )


def test_an_agent_that_is_down(unused_port):
    assert trouble(with_("tasks/get", {"id": "t-1"}, uri=f"http://127.0.0.1:{unused_port}/"))[:3] == (
        "communication",
        500,
        "Connection failed",
    )


def test_an_agent_that_is_slow(counterpart):
    given = with_("message/send", HELLO, uri=f"{counterpart.origin}/slow/a")
    assert trouble(given, timeout=50)[:3] == ("communication", 504, "No answer in time")


def test_a_stream_without_end_is_bounded(counterpart):
    counterpart.replies["/a2a"] = Reply(200, b'data: "%s"\n\n' % (b"x" * 1_000_000) * 11, {"Content-Type": "text/event-stream"})
    assert trouble(with_("message/stream", HELLO, uri=f"{counterpart.origin}/a2a"))[:3] == ("communication", 500, "Response too large")


def test_a_cancelled_call_ends_at_once(counterpart):
    async def cancelled():
        given = with_("message/send", HELLO, uri=f"{counterpart.origin}/slow/a")
        running = asyncio.create_task(performed(CALL_A2A, arguments(given), env=environment(activity_type=CALL_A2A)))
        await asyncio.to_thread(counterpart.held, "a")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())
