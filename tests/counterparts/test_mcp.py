"""`call: mcp` against servers that others wrote: npm's `@modelcontextprotocol/server-everything` and one made with Python's `mcp`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from interpreter.effects import CALL_MCP
from tests.activities.performing import arguments, environment, perform, performed, problem
from tests.counterparts.serving import TOOLS, Serving, module

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(180)]

VERSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]


@dataclass(frozen=True, kw_only=True)
class Server:
    """One of them, by one transport: `reach` is what a call's arguments say of it."""

    name: str
    reach: dict[str, Any]
    process: Serving | None = None

    def call(self, method: str, parameters: Any = None, **more: Any) -> Any:
        return perform(CALL_MCP, arguments(self.asked(method, parameters, **more)))

    def trouble(self, method: str, parameters: Any = None, **more: Any) -> tuple[str, int]:
        found = problem(CALL_MCP, arguments(self.asked(method, parameters, **more)))
        return found["type"].rpartition("/")[2], found["status"]

    def asked(self, method: str, parameters: Any = None, **more: Any) -> dict[str, Any]:
        sent = {} if parameters is None else {"parameters": parameters}
        return {"method": method, "protocolVersion": "2025-06-18", **sent, **self.reach, **more}

    @property
    def slow(self) -> dict[str, Any]:
        """A tool's call that takes long."""
        if self.name == "everything":
            return {"name": "trigger-long-running-operation", "arguments": {"duration": 30, "steps": 30}}
        return {"name": "sleep", "arguments": {"seconds": 30}}


def everything() -> str:
    """Where the program of the npm package is."""
    found = TOOLS / "mcp" / "node_modules" / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js"
    if not found.exists():
        pytest.skip("there is no @modelcontextprotocol/server-everything here: make counterparts")
    return str(found)


def command_of(name: str) -> Callable[[str], list[str]]:
    """The command of a server, with its transport as last argument."""
    if name == "python":
        pytest.importorskip("mcp", reason="install the dependency group 'counterparts'")
        return lambda transport: module("mcp_server", transport)
    node, script = shutil.which("node"), everything()
    if node is None:
        pytest.skip("there is no node here: install Node.js")
    return lambda transport: [node, script, transport]


@pytest.fixture(scope="module", params=["everything-stdio", "everything-http", "python-stdio", "python-http"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    name, _, transport = request.param.partition("-")
    command = command_of(name)
    if transport == "stdio":
        first, *rest = command("stdio")
        yield Server(name=name, reach={"stdio": {"command": first, "arguments": rest}})
        return
    with listening(name, command, tmp_path_factory.mktemp(name)) as running:
        yield Server(name=name, reach={"uri": f"http://127.0.0.1:{running.port}/mcp"}, process=running)


def listening(name: str, command: Callable[[str], list[str]], folder: Path) -> Serving:
    if name == "python":
        return Serving(lambda port, _: command(str(port)), folder)
    return Serving(lambda *_: command("streamableHttp"), folder, lambda port: {"PORT": str(port)})


def test_every_list(server):
    assert "echo" in {tool["name"] for tool in server.call("tools/list")["tools"]}
    assert server.call("prompts/list")["prompts"]
    assert server.call("resources/list")["resources"]
    assert server.call("resources/templates/list")["resourceTemplates"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tool_in_every_version_of_the_protocol(server, version):
    found = server.call("tools/call", {"name": "echo", "arguments": {"message": "hi"}}, protocolVersion=version)
    assert found["content"][0] == {"type": "text", "text": "Echo: hi"}


def test_a_prompt_and_a_resource(server):
    prompts, resources = server.call("prompts/list")["prompts"], server.call("resources/list")["resources"]
    plain = next(prompt for prompt in prompts if prompt["name"] in {"simple-prompt", "greet"})
    given = {argument["name"]: "Ada" for argument in plain.get("arguments", [])}
    assert server.call("prompts/get", {"name": plain["name"], "arguments": given})["messages"]
    assert server.call("resources/read", {"uri": resources[0]["uri"]})["contents"][0]["text"]


def test_what_the_server_refuses_is_a_runtime_error(server):
    assert server.trouble("tools/call", {"name": "no-such-tool"}) == ("runtime", 500)
    assert server.trouble("tools/call", {"name": "echo", "arguments": {"message": {}}}) == ("runtime", 500)
    assert server.trouble("prompts/get", {"name": "no-such-prompt"}) == ("runtime", 500)
    assert server.trouble("resources/read", {"uri": "memo://none"}) == ("runtime", 500)


def test_a_tool_that_takes_too_long(server):
    assert server.trouble("tools/call", server.slow, timeout=3_000) == ("timeout", 408)
    assert server.call("tools/call", {"name": "echo", "arguments": {"message": "still here"}})["content"]


def test_a_call_that_is_cancelled(server):
    async def cancelled():
        given = arguments(server.asked("tools/call", server.slow))
        running = asyncio.create_task(performed(CALL_MCP, given, env=environment(activity_type=CALL_MCP)))
        done, _ = await asyncio.wait({running}, timeout=3)
        assert not done
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())
    assert server.call("tools/call", {"name": "echo", "arguments": {"message": "still here"}})["content"]


@pytest.mark.parametrize("server", ["everything-http", "python-http"], indirect=True)
def test_a_server_that_is_killed_meanwhile_and_comes_again(server):
    async def killed():
        given = arguments(server.asked("tools/call", server.slow))
        running = asyncio.create_task(performed(CALL_MCP, given, env=environment(activity_type=CALL_MCP)))
        done, _ = await asyncio.wait({running}, timeout=3)
        assert not done
        await asyncio.to_thread(server.process.kill)
        with pytest.raises(Exception, match="communication"):
            await running

    asyncio.run(killed())
    assert server.trouble("tools/list") == ("communication", 500)
    server.process.start()
    assert server.call("tools/list")["tools"]
