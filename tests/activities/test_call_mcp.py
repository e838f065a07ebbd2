from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from activities.policy import Policy, Rule
from interpreter.defaults import PRODUCT
from interpreter.effects import CALL_MCP
from tests.activities.mcp_.stub import RESULTS, TOOLS, Server
from tests.activities.performing import arguments, environment, perform, performed, problem
from tests.counterparts import Reply
from tests.settings import Settings

STUB = str(Path(__file__).parent / "mcp_" / "stub.py")
ADD = {"name": "add", "arguments": {"a": 1, "b": 2}}


class Site:
    """The stub by HTTP: as JSON, or as events; `requests` are what came."""

    def __init__(self, counterpart, *, events=False, version=None, token=None):
        self._counterpart, self._events, self._token = counterpart, events, token
        self.server = Server(version)
        counterpart.replies["/mcp"] = self._answer

    @property
    def requests(self):
        return self._counterpart.to("/mcp")

    def of(self, method):
        """The request that brought a message of a method."""
        return next(one for one in self.requests if one.body and one.json().get("method") == method)

    def _answer(self, received):
        if self._token and received.headers.get("authorization") != self._token:
            return Reply(401, b'{"error": "invalid_token"}', {"Content-Type": "application/json"})
        if received.method == "DELETE":
            return Reply(405, b"")
        message = received.json()
        if message.get("method") != "initialize" and received.headers.get("mcp-session-id") != "s-1":
            return Reply(
                400,
                json.dumps({"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": "no session"}}).encode(),
                {"Content-Type": "application/json"},
            )
        answers = self.server.answers(message)
        if not answers:
            return Reply(202, b"")
        headers = {"Mcp-Session-Id": "s-1"}
        if not self._events:
            return Reply(200, json.dumps(answers[-1]).encode(), {"Content-Type": "application/json; charset=utf-8", **headers})
        body = "".join(f": note\n\nevent: message\ndata: {json.dumps(one)}\n\n" for one in answers)
        return Reply(200, body.encode(), {"Content-Type": "text/event-stream", **headers})


def with_(method, parameters=None, **more):
    sent = {} if parameters is None else {"parameters": parameters}
    return {"method": method, "protocolVersion": "2025-06-18", **sent, **more}


def by_http(counterpart, method, parameters=None, **more):
    return with_(method, parameters, uri=f"{counterpart.origin}/mcp", **more)


def by_stdio(method, parameters=None, *, arguments=(), environment=None, **more):
    given = {"command": sys.executable, "arguments": ["-I", "-S", STUB, *arguments], "environment": environment or {}}
    return with_(method, parameters, stdio=given, **more)


def trouble(given, settings=None, **more):
    """Type (its last part), status, title and detail."""
    found = problem(CALL_MCP, arguments(given, **more), settings)
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]


# Both ways


@pytest.mark.parametrize("method", sorted(RESULTS))
@pytest.mark.parametrize("events", [False, True])
def test_every_method_gives_its_result_as_the_server_has_it(counterpart, method, events):
    Site(counterpart, events=events)
    assert perform(CALL_MCP, arguments(by_http(counterpart, method))) == RESULTS[method]


def test_every_method_by_stdio():
    for method, result in RESULTS.items():
        assert perform(CALL_MCP, arguments(by_stdio(method))) == result


def test_a_tool_is_called(counterpart):
    Site(counterpart)
    expected = {"content": [{"type": "text", "text": "3"}], "structuredContent": {"sum": 3}}
    assert perform(CALL_MCP, arguments(by_http(counterpart, "tools/call", ADD))) == expected
    assert perform(CALL_MCP, arguments(by_stdio("tools/call", ADD))) == expected


def test_a_session_begins_with_initialize_and_names_client_and_version(counterpart):
    site = Site(counterpart)
    client = {"name": "mine", "version": "7"}
    perform(CALL_MCP, arguments(by_http(counterpart, "tools/list", {"cursor": "1"}, client=client)))
    perform(CALL_MCP, arguments(by_http(counterpart, "tools/list")))
    first, second, third = site.server.received[:3]
    assert first["params"] == {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    assert second == {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert third == {"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {"cursor": "1"}}
    assert site.server.received[3]["params"]["clientInfo"]["name"] == PRODUCT
    assert "params" not in site.server.received[5]


def test_the_key_goes_along_with_a_tool_and_with_nothing_else(counterpart):
    site = Site(counterpart)
    perform(CALL_MCP, arguments(by_http(counterpart, "tools/call", {**ADD, "_meta": {"progressToken": 1}})))
    assert site.server.received[2]["params"] == {**ADD, "_meta": {"idempotencyKey": "key-1", "progressToken": 1}}
    assert [request.headers.get("idempotency-key") for request in site.requests] == [None, None, "key-1", None]


@pytest.mark.parametrize("way", ["http", "stdio"])
def test_an_error_of_the_server_is_a_runtime_error(counterpart, way):
    Site(counterpart)
    given = by_http(counterpart, "tools/call", {"name": "none"}) if way == "http" else by_stdio("tools/call", {"name": "none"})
    kind, status, title, detail = trouble(given)
    assert (kind, status, title) == ("runtime", 500, "Invalid params")
    assert detail == 'tools/call: Unknown tool: none (JSON-RPC error -32602) {"name":"none"}'


@pytest.mark.parametrize("way", ["http", "stdio"])
def test_a_tool_that_fails_is_a_runtime_error_with_its_words(counterpart, way):
    Site(counterpart)
    call = {"name": "fail", "arguments": {"why": "no paper"}}
    kind, status, title, detail = trouble(by_http(counterpart, "tools/call", call) if way == "http" else by_stdio("tools/call", call))
    assert (kind, status, title) == ("runtime", 500, "Tool failed")
    assert detail == "the tool 'fail' failed: it broke: no paper"


@pytest.mark.parametrize("way", ["http", "stdio"])
def test_what_a_server_says_or_asks_meanwhile_is_heard_and_answered(counterpart, way):
    site = Site(counterpart, events=True)
    call = {"name": "chatty"}
    given = by_http(counterpart, "tools/call", call) if way == "http" else by_stdio("tools/call", call)
    assert perform(CALL_MCP, arguments(given)) == {"content": []}
    if way == "http":
        pong, refused = site.server.received[3:]
        assert pong == {"jsonrpc": "2.0", "id": 2, "result": {}}
        assert (refused["id"], refused["error"]["code"]) == ("roots", -32601)


# By HTTP


def test_headers_credentials_and_the_session_go_along(counterpart):
    site = Site(counterpart, token="Bearer t-1")
    given = by_http(counterpart, "tools/list", headers={"X-Team": "blue", "accept": "*/*"}, authentication={"bearer": {"token": "t-1"}})
    assert perform(CALL_MCP, arguments(given))["tools"] == TOOLS
    assert [request.method for request in site.requests] == ["POST", "POST", "POST", "DELETE"]
    assert {request.headers["x-team"] for request in site.requests} == {"blue"}
    assert {request.headers["authorization"] for request in site.requests} == {"Bearer t-1"}
    assert site.of("tools/list").headers["accept"] == "application/json, text/event-stream"
    versions = [request.headers.get("mcp-protocol-version") for request in site.requests]
    assert versions == [None, "2025-06-18", "2025-06-18", "2025-06-18"]


def test_wrong_credentials_are_the_servers_status(counterpart):
    Site(counterpart, token="Bearer t-1")
    settings = Settings(environment={"SWTEMPORAL_SECRET_T": '{"token": "hush-hush"}'})
    given = by_http(counterpart, "tools/list", authentication={"bearer": {"use": "t"}})
    kind, status, _, detail = trouble(given, settings, secrets=["t"])
    assert (kind, status) == ("communication", 401)
    assert "hush-hush" not in detail


def test_a_server_may_speak_another_version_that_is_known(counterpart):
    site = Site(counterpart, version="2025-03-26")
    perform(CALL_MCP, arguments(by_http(counterpart, "tools/list")))
    assert site.of("tools/list").headers["mcp-protocol-version"] == "2025-03-26"


def test_a_server_that_speaks_an_unknown_version_is_left(counterpart):
    site = Site(counterpart, version="1999-01-01")
    kind, _, _, detail = trouble(by_http(counterpart, "tools/list"))
    assert kind == "runtime"
    assert "1999-01-01" in detail
    assert [request.method for request in site.requests] == ["POST", "DELETE"]


def test_an_error_that_comes_with_a_status_is_the_servers_own(counterpart):
    counterpart.replies["/mcp"] = Reply(
        400, b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"bad header"}}', {"Content-Type": "application/json"}
    )
    assert trouble(by_http(counterpart, "tools/list"))[:3] == ("runtime", 500, "Invalid request")


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_status_alone_is_a_communication_error(counterpart, status):
    counterpart.replies["/mcp"] = Reply(status, b"<h1>no</h1>", {"Content-Type": "text/html"})
    assert trouble(by_http(counterpart, "tools/list"))[:2] == ("communication", status)


def test_a_server_that_is_down(unused_port):
    given = with_("tools/list", uri=f"http://127.0.0.1:{unused_port}/mcp")
    assert trouble(given)[:3] == ("communication", 500, "Connection failed")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"hello", {"Content-Type": "text/plain"}),
        Reply(200, b"{", {"Content-Type": "application/json"}),
        Reply(200, b'{"jsonrpc":"2.0","id":99,"result":{}}', {"Content-Type": "application/json"}),
        Reply(200, b"[]", {"Content-Type": "application/json"}),
        Reply(200, b'{"jsonrpc":"2.0","id":1,"result":[]}', {"Content-Type": "application/json"}),
        Reply(200, b"data: {\n\n", {"Content-Type": "text/event-stream"}),
        Reply(200, b"", {"Content-Type": "text/event-stream"}),
        Reply(202, b""),
    ],
)
def test_a_server_that_answers_garbage(counterpart, reply):
    counterpart.replies["/mcp"] = reply
    assert trouble(by_http(counterpart, "tools/list"))[:2] == ("communication", 500)


def test_a_server_that_is_slow(counterpart):
    given = with_("tools/list", uri=f"{counterpart.origin}/slow/a")
    assert trouble(given, timeout=50)[:3] == ("communication", 504, "No answer in time")
    kind, status, _, detail = trouble({**given, "timeout": 50})
    assert (kind, status) == ("timeout", 408)
    assert "within 0.05 s" in detail


def test_a_stream_that_ends_too_early_is_taken_up_where_it_ended(counterpart):
    site = Site(counterpart)
    answering = counterpart.replies["/mcp"]

    def interrupted(received):
        if received.method == "GET":
            assert received.headers["last-event-id"] == "e-7"
            body = b'data: {"jsonrpc":"2.0","id":2,"result":{"late":true}}\n\n'
            return Reply(200, body, {"Content-Type": "text/event-stream"})
        if received.method == "POST" and received.json()["method"] == "tools/list":
            return Reply(200, b"id: e-7\nretry: 1\ndata:\n\n", {"Content-Type": "text/event-stream"})
        return answering(received)

    counterpart.replies["/mcp"] = interrupted
    assert perform(CALL_MCP, arguments(by_http(counterpart, "tools/list"))) == {"late": True}
    assert [request.method for request in site.requests] == ["POST", "POST", "POST", "GET", "DELETE"]


def test_a_cancelled_call_is_told_to_the_server(counterpart):
    site = Site(counterpart)
    answering = counterpart.replies["/mcp"]

    def slow(received):
        if received.method == "POST" and received.json()["method"] == "tools/list":
            counterpart.hold("a")
        return answering(received)

    counterpart.replies["/mcp"] = slow

    async def cancelled():
        env = environment(activity_type=CALL_MCP)
        running = asyncio.create_task(performed(CALL_MCP, arguments(by_http(counterpart, "tools/list")), env=env))
        await asyncio.to_thread(counterpart.held, "a")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())
    assert site.of("notifications/cancelled").json()["params"] == {"requestId": 2}
    assert site.requests[-1].method == "DELETE"


# By stdio


def test_a_process_inherits_nothing_of_the_workers_environment(monkeypatch):
    monkeypatch.setenv("SWTEMPORAL_SECRET_TOKEN", "hush-hush")
    given = by_stdio("tools/call", {"name": "environment"}, arguments=["", "a b"], environment={"TEAM": "blue", "N": 7})
    found = perform(CALL_MCP, arguments(given))["structuredContent"]
    assert found["arguments"] == ["", "a b"]
    assert (found["TEAM"], found["N"]) == ("blue", "7")
    assert set(found) - {"LC_CTYPE"} == {"PATH", "LANG", "HOME", "TMPDIR", "TEAM", "N", "cwd", "arguments"}
    assert found["cwd"] == found["HOME"]
    assert not Path(found["cwd"]).exists()


def test_the_program_is_looked_up_on_the_workers_path_not_on_the_documents(tmp_path, monkeypatch):
    for folder, told in (("worker", 3), ("document", 4)):
        program = tmp_path / folder / "server"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\nexit {told}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "worker"), prepend=":")
    given = with_("tools/list", stdio={"command": "server", "environment": {"PATH": str(tmp_path / "document")}})
    assert "ended with code 3" in problem(CALL_MCP, arguments(given))["detail"]


@pytest.mark.parametrize("command", ["./server", "bin/server", "/opt/mcp/../../tmp/server", "../server"])
def test_a_program_is_a_name_or_an_absolute_path(command):
    given = with_("tools/list", stdio={"command": command})
    found = problem(CALL_MCP, arguments(given))
    assert (found["status"], "absolute path" in found["detail"]) == (400, True)


def test_what_a_server_is_given_is_granted(tmp_path):
    policy = Policy((Rule(kinds=("call.mcp", "mcp.stdio"), commands=(sys.executable,), environment=("TEAM",)),))
    settings = Settings(policy=policy)
    perform(CALL_MCP, arguments(by_stdio("tools/list", environment={"TEAM": "blue"})), settings)
    found = problem(CALL_MCP, arguments(by_stdio("tools/list", environment={"PYTHONPATH": str(tmp_path)})), settings)
    assert (found["status"], "'PYTHONPATH' under 'environment'" in found["detail"]) == (403, True)


def test_a_process_that_ends_before_it_answers(monkeypatch):
    given = by_stdio("tools/list", arguments=["die"], environment={"TOKEN": "${ $secrets.t }"})
    settings = Settings(environment={"SWTEMPORAL_SECRET_T": "hush-hush"})
    deferred = {"/stdio/environment/TOKEN": {"dot": None, "variables": {}}}
    found = problem(CALL_MCP, arguments(given), settings)
    assert (found["type"].rpartition("/")[2], found["status"]) == ("communication", 500)
    assert "ended with code 3" in found["detail"]
    assert "cannot start" in found["detail"]
    given["stdio"]["environment"]["TOKEN"] = "${ $secrets.t }"
    hidden = problem(CALL_MCP, arguments(given, deferred=deferred, secrets=["t"]), settings)
    assert hidden["detail"].endswith("cannot start: ***")


@pytest.mark.parametrize(("command", "kind"), [("no-such-command", "configuration"), ("", "expression"), (7, "expression")])
def test_a_command_that_is_none(command, kind):
    assert trouble(with_("tools/list", stdio={"command": command}))[0] == kind


def test_a_process_that_writes_without_end():
    assert trouble(by_stdio("tools/call", {"name": "flood"}))[:3] == ("communication", 500, "Response too large")


def test_a_process_that_hangs_is_gone_with_its_call(tmp_path):
    file = tmp_path / "pid"
    call = {"name": "hang", "arguments": {"file": str(file)}}
    kind, status, *_ = trouble(by_stdio("tools/call", call, timeout=1_500))
    assert (kind, status) == ("timeout", 408)
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)


def test_a_cancelled_call_ends_its_process(tmp_path):
    pipe = tmp_path / "pid"
    os.mkfifo(pipe)
    call = {"name": "hang", "arguments": {"file": str(pipe)}}

    async def cancelled():
        running = asyncio.create_task(performed(CALL_MCP, arguments(by_stdio("tools/call", call)), env=environment(activity_type=CALL_MCP)))
        pid = int(await asyncio.to_thread(pipe.read_text))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return pid

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(cancelled()), 0)
