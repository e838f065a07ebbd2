from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from activities.asyncapi.binding import binding_of, gathered, said, speaking
from activities.asyncapi.message import Incoming
from activities.policy import Policy, Rule, everything
from interpreter.defaults import ASYNCAPI_PROTOCOLS, POLL_BYTES
from interpreter.faults import Fault
from tests.activities.asyncapi.test_message import site
from tests.activities.asyncapi.working import Run, described, run, trouble, working
from tests.settings import Settings


@pytest.mark.parametrize("protocol", ASYNCAPI_PROTOCOLS)
def test_every_protocol_has_a_binding(protocol: str) -> None:
    binding = binding_of(site(protocol=protocol))
    assert isinstance(binding.KEEPS, bool)
    assert callable(binding.publish)
    assert callable(binding.subscribe)


@pytest.mark.parametrize(
    ("protocol", "library", "extra"),
    [
        ("kafka", "aiokafka", "kafka"),
        ("nats", "nats", "nats"),
        ("amqp", "aio_pika", "amqp"),
        ("mqtt5", "aiomqtt", "mqtt"),
        ("redis", "redis", "redis"),
        ("ws", "websockets", "websocket"),
    ],
)
def test_a_library_that_is_not_installed_is_named_with_its_cure(
    protocol: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one == library or one.startswith((f"{library}.", f"activities.asyncapi.{extra}"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Fault) as caught:
        binding_of(site(protocol=protocol))
    assert caught.value.problem.type.endswith("/configuration")
    assert f"pip install 'swtemporal[{extra}]'" in str(caught.value.problem.detail)


# Trouble


def told(error: Exception, verdict: str | None = None) -> tuple[str, int]:
    with pytest.raises(Fault) as caught, speaking(site(), lambda _: verdict):
        raise error
    problem = caught.value.problem
    return problem.type.rpartition("/")[2], problem.status


def test_trouble_with_a_server_is_a_fault_of_its_kind() -> None:
    assert told(ValueError("x"), "communication") == ("communication", 500)
    assert told(ConnectionRefusedError()) == ("communication", 500)
    assert told(TimeoutError()) == ("communication", 504)
    assert told(OSError("no"), "authentication") == ("authentication", 401)
    assert told(ValueError("no"), "authorization") == ("authorization", 403)


def test_a_bug_stays_one() -> None:
    with pytest.raises(KeyError), speaking(site(), lambda _: None):
        raise KeyError


def test_what_is_quoted_is_short_and_on_one_line() -> None:
    assert said(ValueError("a\n  b")) == "a b"
    assert said(ValueError()) == "ValueError"
    assert len(said(ValueError("x" * 10_000))) < 400


# Gathering


def gather(messages: list[Any], most: int, wait: float = 0.2) -> list[Any]:
    async def receive(wait: float) -> Incoming | None:
        if not messages:
            await asyncio.sleep(min(wait, 0.01))
            return None
        found = messages.pop(0)
        if isinstance(found, Exception):
            raise found
        return Incoming(body=found)

    return [one.body for one in asyncio.run(gathered(receive, most, wait))]


def test_a_poll_takes_what_is_there_and_no_more_than_it_may() -> None:
    messages = [b"1", b"2", b"3"]
    assert gather(messages, 2) == [b"1", b"2"]
    assert gather(messages, 2) == [b"3"]
    assert gather(messages, 2) == []


def test_a_poll_is_bounded_in_bytes() -> None:
    assert len(gather([b"x" * (POLL_BYTES // 2)] * 5, 100)) == 2


def test_what_came_before_trouble_is_not_lost_by_it() -> None:
    messages = [b"1", ConnectionError(), ConnectionError()]
    assert gather(messages, 5) == [b"1"]
    with pytest.raises(ConnectionError):
        gather(messages, 5)


# Policy


@pytest.mark.parametrize("protocol", ASYNCAPI_PROTOCOLS)
def test_a_server_that_no_rule_grants_is_refused_before_anybody_connects(protocol: str, unused_port: int) -> None:
    kinds = Rule(kinds=("*",), hosts=("public",))
    found = Run(described({"host": f"localhost:{unused_port}", "protocol": protocol}, "room"))

    async def story() -> list[dict[str, Any]]:
        async with working(Settings(policy=Policy((kinds,)))) as worker:
            return [await trouble(found.publish(worker, {})), await trouble(found.poll(worker))]

    for problem in run(story()):
        assert (problem["type"], problem["status"]) == ("authorization", 403)
        assert "'hosts'" in problem["detail"]


@pytest.mark.parametrize("protocol", ["redis", "nats", "mqtt"])
def test_one_that_is_granted_is_connected_to(protocol: str, unused_port: int) -> None:
    found = Run(described({"host": f"localhost:{unused_port}", "protocol": protocol}, "room"))

    async def story() -> dict[str, Any]:
        async with working(Settings(policy=Policy((everything(),)))) as worker:
            return await trouble(found.publish(worker, {}))

    assert run(story())["type"] == "communication"
