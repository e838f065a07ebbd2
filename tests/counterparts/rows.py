"""Every counterpart: how it is served, which task needs it, what that gives, and which problem each trouble is told as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from interpreter.values import Json
from tests.canaries import token
from tests.counterparts import dockerd, grpc_server, oidc_provider, tokens
from tests.counterparts.gate import Gate
from tests.counterparts.lines import LINES, Line, prepare, say
from tests.counterparts.peers import Peer, Program
from tests.counterparts.serving import Serving, module
from tests.counterparts.test_mcp import command_of, listening

Told = tuple[str, int]
"""Type (its last part) and status of a problem."""

SILENT: Told = ("communication", 504)
BROKEN: Told = ("communication", 500)
UNKNOWN: Told = ("authentication", 401)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One counterpart, in one use.

    `serve` makes it in a folder of its own, not started. `task` needs it; the run gives `output`. `told` are the problems by trouble;
    a trouble that is not there does not exist. `held` is a task that stays in the middle of a call until its gate is open; without
    one, the counterpart is paused. `secret` is what the worker shows, right and wrong, as the secret of the row's name.
    """

    serve: Callable[[Path], Peer] | None = None
    of: str | None = None
    """The row whose counterpart and secret this is another use of, instead of one of its own."""
    task: Callable[[Any], Json]
    output: Json
    told: Mapping[str, Told]
    held: Callable[[Any, Gate], Json] | None = None
    secret: tuple[Json, Json] | None = None
    resources: Callable[[Any], Mapping[str, str]] = lambda _: {}
    prepare: Callable[[Any], Awaitable[None]] | None = None
    feed: Callable[[Any], Awaitable[None]] | None = None
    """Done again and again until the run has ended: what it waits for."""
    environment: Callable[[Any], Mapping[str, str]] = lambda _: {}
    """Of the worker."""
    names: tuple[str, ...] = ()
    """Secrets that the task names besides."""
    patience: Json = None
    """How long the task may take while its counterpart is slow, where calls have no limit of their own."""


# Brokers


BROKER = {"down": BROKEN, "slow": SILENT, "garbage": BROKEN, "credentials": UNKNOWN}


def asyncapi(name: str, **with_: Json) -> Json:
    document = {"endpoint": "file://broker.yaml"}
    return {"call": "asyncapi", "with": {"document": document, "operation": "talk", "authentication": {"basic": {"use": name}}, **with_}}


def publishing(name: str, line: Line) -> Row:
    basic = line.authentication["basic"]
    return Row(
        serve=line.start,
        prepare=lambda peer: prepare(line.start, peer.port),
        secret=(basic, {**basic, "password": token(f"wrong-{name}")}),
        task=lambda _: asyncapi(name, message={"payload": {"n": 1}}),
        output={"payload": {"n": 1}},
        told=BROKER,
        resources=described(line),
    )


def hearing(name: str, line: Line) -> Row:
    async def feed(peer: Serving) -> None:
        await say(line, peer.port, [b'{"n": 2}'])

    said = {"item": "said", "do": [{"keep": {"set": "${ $said.payload }"}}]}
    subscription = {"filter": "${ .payload.n == 2 }", "consume": {"amount": 1}, "foreach": said}
    return Row(
        of=name,
        task=lambda _: asyncapi(name, subscription=subscription),
        output=[{"n": 2}],
        told=BROKER,
        resources=described(line),
        feed=feed,
    )


def described(line: Line) -> Callable[[Any], Mapping[str, str]]:
    return lambda peer: {"file://broker.yaml": yaml.safe_dump(line.document(peer.port))}


# Docker


def docker(_: Path) -> Peer:
    if (lack := dockerd.lacking()) is not None:
        pytest.skip(lack)
    return dockerd.Daemon()


def container(command: str, **more: Json) -> Json:
    return {"run": {"container": {"image": "alpine", "command": command, "lifetime": {"cleanup": "always"}, **more}}}


def held_container(_: Any, gate: Gate) -> Json:
    command = "echo begun $HOSTNAME >> /gates/$NAME.log; while [ ! -e /gates/$NAME ]; do sleep 0.05; done; echo held"
    folder, name = gate.path.parent, gate.path.name
    return container(command, volumes={str(folder): "/gates"}, environment={"NAME": name})


# Others


def own(name: str, *arguments: str) -> Callable[[Path], Peer]:
    return lambda folder: Serving(lambda port, _: module(name, str(port), *arguments), folder)


def oidc(folder: Path) -> Peer:
    if (lack := oidc_provider.lacking()) is not None:
        pytest.skip(lack)
    return oidc_provider.served(folder)[0]


def get(uri: str, policy: Json) -> Json:
    return {"call": "http", "with": {"method": "get", "endpoint": {"uri": uri, "authentication": policy}}}


def oidc_task(peer: Serving) -> Json:
    client = {"id": "by_client_secret_basic", "secret": "${ $secrets.oidc }", "authentication": "client_secret_basic"}
    origin = f"http://127.0.0.1:{peer.port}"
    policy = {"oidc": {"authority": origin, "grant": "client_credentials", "client": client, "scopes": ["read"]}}
    return get(f"{origin}/resource", policy)


def mcp(transport: Json, tool: str, arguments: Json) -> Json:
    called = {"method": "tools/call", "parameters": {"name": tool, "arguments": arguments}, "transport": transport}
    return {"call": "mcp", "with": called, "output": {"as": "${ .content[0].text }"}}


def echo(transport: Callable[[Any], Json]) -> Callable[[Any], Json]:
    return lambda peer: mcp(transport(peer), "echo", {"message": "hi"})


def hold(transport: Callable[[Any], Json]) -> Callable[[Any, Gate], Json]:
    return lambda peer, gate: mcp(transport(peer), "hold", {"gate": str(gate.path)})


def bare(peer: Serving) -> Json:
    return {"http": {"endpoint": f"http://127.0.0.1:{peer.port}/mcp"}}


def bearing(peer: Serving) -> Json:
    return {
        "http": {"endpoint": {"uri": f"http://127.0.0.1:{peer.port}/mcp", "authentication": {"bearer": {"token": "${ $secrets.mcp }"}}}}
    }


def by_stdio(peer: Program) -> Json:
    command, *arguments = peer.command
    return {"stdio": {"command": command, "arguments": arguments, "environment": {"TOKEN": "${ $secrets.stdio }"}}}


def python_mcp(folder: Path) -> Peer:
    command = command_of("python")
    return Serving(lambda port, _: command(str(port)), folder, lambda _: {"EXPECTED": tokens.MCP})


def everything(folder: Path) -> Peer:
    return listening("everything", command_of("everything"), folder)


def agent(folder: Path) -> Peer:
    pytest.importorskip("a2a", reason="install the dependency group 'counterparts'")
    return own("a2a_agent", "new")(folder)


def a2a(peer: Serving, text: str) -> Json:
    endpoint = {"uri": f"http://127.0.0.1:{peer.port}/guarded", "authentication": {"bearer": {"token": "${ $secrets.a2a }"}}}
    parameters = {"message": {"parts": [{"kind": "text", "text": text}]}}
    said = "${ (.task // .).artifacts[0].parts[0].text }"
    return {"call": "a2a", "with": {"server": endpoint, "method": "message/send", "parameters": parameters}, "output": {"as": said}}


def grpc(peer: Serving, method: str, arguments: Json) -> Json:
    service = {
        "name": "shouting.Shouter",
        "host": "127.0.0.1",
        "port": peer.port,
        "authentication": {"bearer": {"token": "${ $secrets.grpc }"}},
    }
    called = {"proto": {"endpoint": "file://shouting.proto"}, "service": service, "method": method, "arguments": arguments}
    return {"call": "grpc", "with": called, "metadata": {"swtemporal": {"grpc": {"tls": True}}}, "output": {"as": "${ .text }"}}


def vault_task(peer: Serving) -> Json:
    return get(f"http://127.0.0.1:{peer.port}/opened", {"bearer": {"token": "${ $secrets.kept }"}})


def http(**other: Told) -> dict[str, Told]:
    return {"down": BROKEN, "slow": SILENT, "garbage": BROKEN, "credentials": ("communication", 401), **other}


ROWS: dict[str, Row] = {
    "nats": publishing("nats", LINES["jetstream"]),
    "redis": publishing("redis", LINES["redis-stream"]),
    "mosquitto": publishing("mosquitto", LINES["mqtt5"]),
    "rabbitmq": publishing("rabbitmq", LINES["amqp-queue"]),
    "kafka": publishing("kafka", LINES["kafka"]),
    "nats-heard": hearing("nats", LINES["nats"]),
    "jetstream-heard": hearing("nats", LINES["jetstream"]),
    "redis-heard": hearing("redis", LINES["redis"]),
    "stream-heard": hearing("redis", LINES["redis-stream"]),
    "mosquitto-heard": hearing("mosquitto", LINES["mqtt5"]),
    "rabbitmq-heard": hearing("rabbitmq", LINES["amqp"]),
    "kafka-heard": hearing("kafka", LINES["kafka"]),
    "docker": Row(
        serve=docker,
        task=lambda _: container("echo hello"),
        output="hello\n",
        told={"down": ("runtime", 500), "slow": ("timeout", 408), "garbage": ("runtime", 500)},
        patience={"seconds": 3},
        held=held_container,
        environment=lambda peer: {"DOCKER_HOST": peer.address},
    ),
    "oidc": Row(
        serve=oidc,
        task=oidc_task,
        output={"client": "by_client_secret_basic", "user": None, "scope": "read"},
        told=dict.fromkeys(("down", "slow", "garbage", "credentials"), UNKNOWN),  # without its authority a task has no credentials
        secret=(oidc_provider.SECRET, token("wrong-oidc")),
    ),
    "everything": Row(
        serve=everything,
        task=echo(bare),
        output="Echo: hi",
        told={"down": BROKEN, "slow": SILENT, "garbage": BROKEN},
    ),
    "mcp": Row(
        serve=python_mcp,
        task=echo(bearing),
        output="Echo: hi",
        told=http(),
        held=hold(bearing),
        secret=(tokens.MCP, token("wrong-mcp")),
    ),
    "stdio": Row(
        serve=lambda folder: Program(folder, tokens.MCP, module("mcp_server", "stdio")),
        task=echo(by_stdio),
        output="Echo: hi",
        told=http(credentials=BROKEN),
        held=hold(by_stdio),
        secret=(tokens.MCP, token("wrong-stdio")),
    ),
    "a2a": Row(
        serve=agent,
        task=lambda peer: a2a(peer, "hello"),
        output="HELLO",
        told=http(),
        held=lambda peer, gate: a2a(peer, f"wait for {gate.path}"),
        secret=(tokens.A2A, token("wrong-a2a")),
    ),
    "grpc": Row(
        serve=own("grpc_server"),
        task=lambda peer: grpc(peer, "Shout", {"text": "hello"}),
        output="HELLO",
        told=http(**dict.fromkeys(("down", "slow", "garbage"), ("communication", 503))),  # UNAVAILABLE, while there is no connection
        held=lambda peer, gate: grpc(peer, "Hold", {"gate": str(gate.path)}),
        secret=(tokens.GRPC, token("wrong-grpc")),
        resources=lambda _: {f"file://{file}": (grpc_server.PROTO / file).read_text() for file in ("shouting.proto", "words/line.proto")},
    ),
    "vault": Row(
        serve=own("vault_server"),
        task=vault_task,
        output={"opened": True},
        told=http(credentials=("authorization", 403)),
        secret=(tokens.VAULT, token("wrong-vault")),
        names=("kept",),
    ),
}
