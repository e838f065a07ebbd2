"""Brokers that do not answer, and what is no broker at all: every protocol notices, and tells of it in the same way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from interpreter.effects import ASYNCAPI_POLL, CALL_ASYNCAPI
from tests.activities.asyncapi.working import described, run, trouble, working
from tests.counterparts.garbage import Garbage

LINES = {
    "nats": ("nats", {}),
    "jetstream": ("nats", {"bindings": {"nats": {"x-jetstream": True}}}),
    "redis": ("redis", {}),
    "redis-stream": ("redis", {"bindings": {"redis": {"x-stream": True}}}),
    "mqtt": ("mqtt", {}),
    "mqtt5": ("mqtt5", {}),
    "amqp": ("amqp", {}),
    "kafka": ("kafka", {}),
    "ws": ("ws", {}),
}
ASKED = {
    "publish": (CALL_ASYNCAPI, {"message": {"payload": 1}}),
    "poll": (ASYNCAPI_POLL, {"most": 1, "wait": 100, "position": None, "receipts": []}),
}


@pytest.fixture
def silence() -> Iterator[int]:
    """A port where connections are accepted, and nothing else happens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def problem(name: str, asked: str, port: int, within: int) -> dict[str, Any]:
    """What the problem is with what is at the port, `within` so many milliseconds."""
    protocol, channel = LINES[name]
    document = described({"host": f"127.0.0.1:{port}", "protocol": protocol}, "rooms.1", channel=channel)
    kind, more = ASKED[asked]
    given = {"document": {"uri": "https://example.com/a.yaml", "content": yaml.safe_dump(document)}, "operation": "talk", **more}
    credentials = {"authentication": {"basic": {"username": "ada", "password": "lovelace-1843"}}}

    async def story() -> dict[str, Any]:
        async with working() as worker:
            return await trouble(worker.perform(kind, given | credentials, timeout=within))

    found: dict[str, Any] = run(story(), within=20)
    assert f"127.0.0.1:{port}" in found["detail"]
    assert "lovelace" not in str(found)
    return found


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", LINES)
def test_who_does_not_answer_is_not_waited_for_without_end(name: str, asked: str, silence: int) -> None:
    found = problem(name, asked, silence, 300)
    assert (found["type"], found["status"]) == ("communication", 504), found


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", LINES)
def test_who_speaks_something_else_is_noticed_at_once(name: str, asked: str) -> None:
    with Garbage(0) as garbage:
        found = problem(name, asked, garbage.port, 15_000)
    assert (found["type"], found["status"]) == ("communication", 500), found
