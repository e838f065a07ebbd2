"""`call: mcp`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#mcp-call
"""

from __future__ import annotations

from typing import NamedTuple

from interpreter.document.model import McpCall, McpHttp, McpStdio
from interpreter.effects import CALL_MCP
from interpreter.endpoints import target, under
from interpreter.faults import fault
from interpreter.tasks.parameters import parameters
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit

_ENDPOINT = frozenset({"endpoint"})


class _Server(NamedTuple):
    """How a server is reached: the activity's arguments for it, what is deferred in them, and how summaries show it."""

    arguments: dict[str, Json]
    deferred: dict[str, Json]
    shown: str
    reads_secrets: bool = False


def execute(task: McpCall, visit: Visit) -> Result:
    """What the activity `call.mcp` gives: the result of the method."""
    return Result(visit.perform(CALL_MCP, lambda: _request(task, visit)))


def _request(task: McpCall, visit: Visit) -> Request:
    given = task.with_
    server = _server(task, visit)
    arguments: dict[str, Json] = {"method": given.method, "protocolVersion": given.protocol_version, **server.arguments}
    if given.client is not None:
        arguments["client"] = {"name": given.client.name, "version": given.client.version}
    if given.timeout is not None:
        arguments["timeout"] = visit.milliseconds(given.timeout, "with/timeout")
    sent, deferred = parameters(visit)
    summary = f"{given.method} · {server.shown}"
    return Request({**arguments, **sent}, {**deferred, **server.deferred}, summary, visit.pushed, reads_secrets=server.reads_secrets)


def _server(task: McpCall, visit: Visit) -> _Server:
    transport = task.with_.transport
    if transport.options:
        raise fault("configuration", f"the transport has no option {next(iter(transport.options))!r}; none is known")
    match transport.http, transport.stdio:
        case McpHttp() as http, None:
            return _by_http(http, visit)
        case None, McpStdio() as stdio:
            return _by_stdio(stdio, visit)
    raise fault("configuration", "'transport' needs exactly one of 'http' and 'stdio'")


def _by_http(http: McpHttp, visit: Visit) -> _Server:
    member = "with/transport/http"
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/{member}")
    address = target(visit, http.endpoint, f"{member}/endpoint")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, member, without=_ENDPOINT)
    return _Server({**address.arguments, **filled}, {**deferred, **address.deferred}, address.shown, address.reads_secrets)


def _by_stdio(stdio: McpStdio, visit: Visit) -> _Server:
    member = "with/transport/stdio"
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/{member}")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, member)
    return _Server({"stdio": filled}, under("/stdio", deferred), stdio.command)
