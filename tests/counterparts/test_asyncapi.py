"""`call: asyncapi` against brokers that others wrote; what holds for all of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.activities.asyncapi.working import Run, payloads, run, trouble, working
from tests.counterparts.brokers import USER
from tests.counterparts.lines import KEEPING, LINES, Line, Started, say
from tests.server import free_port

BARE = [name for name, line in LINES.items() if not line.headers]
"""Where messages have no headers."""

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(180)]


@pytest.fixture(params=list(LINES))
def line(request: pytest.FixtureRequest) -> Line:
    return LINES[request.param]


@pytest.fixture
def subscription(line: Line, started: Started, request: pytest.FixtureRequest) -> Run:
    """A run whose subscription has a key of its own."""
    found = Run(line.document(started(line).port), authentication=line.authentication)
    found.key = f"key-{request.node.name}".replace("[", "-").replace("]", "")
    return found


def test_messages_come_in_order_with_all_that_belongs_to_them(line: Line, subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            message: dict[str, Any] = {"headers": {"kind": "dog", "legs": 4}} if line.headers else {}
            await subscription.publish(worker, {"n": 1}, {"n": 2}, {"ü": "ß"}, **message)
            got = await subscription.gather(worker, 3)
            assert payloads(got) == [{"n": 1}, {"n": 2}, {"ü": "ß"}]
            if line.headers:
                assert got[0]["headers"]["kind"] == "dog"
                assert str(got[0]["headers"]["legs"]) == "4"
            if line.key:
                assert got[1]["headers"][line.key] == f"{subscription.key}-sent-1"
            await subscription.end(worker)

    run(story())


def test_a_poll_brings_no_more_than_it_may_and_the_next_ones_bring_the_rest(subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1, 2, 3, 4, 5)
            got = []
            while len(got) < 5:
                some = await subscription.poll(worker, most=2)
                assert len(some) <= 2
                got += some
            assert payloads(got) == [1, 2, 3, 4, 5]
            await subscription.end(worker)

    run(story())


@pytest.mark.parametrize("line", [LINES[name] for name in KEEPING], ids=KEEPING)
def test_another_worker_goes_on_with_what_came_meanwhile_and_repeats_nothing(line: Line, subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1, 2, key="a")
            assert payloads(await subscription.gather(worker, 2)) == [1, 2]
        async with working() as worker:
            await subscription.publish(worker, 3, key="b")
        async with working() as worker:
            assert payloads(await subscription.gather(worker, 1)) == [3]
        async with working() as worker:
            await subscription.publish(worker, 4, key="c")
            assert payloads(await subscription.gather(worker, 1)) == [4]
            await subscription.end(worker)

    run(story())


@pytest.mark.parametrize("line", [LINES[name] for name in KEEPING], ids=KEEPING)
def test_what_a_killed_worker_took_comes_again(line: Line, subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
        async with working() as worker:
            await subscription.publish(worker, 1, 2)
            assert await subscription.poll(worker, recorded=False)
        async with working() as worker:
            assert payloads(await subscription.gather(worker, 2)) == [1, 2]
            await subscription.end(worker)

    run(story())


def test_a_poll_that_is_repeated_on_the_same_worker_brings_the_same(subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1)
            assert payloads(await subscription.poll(worker, recorded=False)) == [1]
            assert payloads(await subscription.poll(worker)) == [1]
            await subscription.publish(worker, 2, key="b")
            assert payloads(await subscription.poll(worker)) == [2]
            await subscription.end(worker)

    run(story())


def test_a_poll_without_messages_waits_and_brings_none(subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            assert await subscription.poll(worker, wait=0.3) == []
            await subscription.end(worker)

    run(story())


def test_wrong_credentials_are_told_without_them(line: Line, started: Started) -> None:
    wrong = Run(line.document(started(line).port), authentication={"basic": {"username": USER, "password": "babbage-1791"}})
    none = Run(line.document(started(line).port))

    async def story() -> list[dict[str, Any]]:
        async with working() as worker:
            silent = [] if line.protocol == "kafka" else [none.publish(worker, 1)]  # Kafka hangs up on who does not begin with them
            return [await trouble(one) for one in (wrong.publish(worker, 1), wrong.poll(worker), *silent)]

    for problem in run(story()):
        assert (problem["type"], problem["status"]) == ("authentication", 401), problem
        assert "babbage" not in str(problem)


def test_nobody_listening_is_a_communication_error(line: Line) -> None:
    nobody = Run(line.document(free_port()), authentication=line.authentication)

    async def story() -> list[dict[str, Any]]:
        async with working() as worker:
            return [await trouble(nobody.publish(worker, 1)), await trouble(nobody.poll(worker))]

    for problem in run(story()):
        assert (problem["type"], problem["status"]) == ("communication", 500), problem


@pytest.mark.parametrize("line", [LINES[name] for name in BARE], ids=BARE)
def test_headers_where_there_are_none_are_refused(line: Line, subscription: Run) -> None:
    async def story() -> dict[str, Any]:
        async with working() as worker:
            return await trouble(subscription.publish(worker, 1, headers={"a": 1}))

    assert run(story())["type"] == "configuration"


RAW = [b"\xff\xfe\x00", b"no JSON", b'{"n": NaN}', b"[" * 5000, b""]
SEEN = ["//4A", "no JSON", '{"n": NaN}', "[" * 5000, None]


def test_rubbish_comes_as_text_or_base64_and_harms_nobody(line: Line, subscription: Run, started: Started) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await say(line, started(line).port, RAW)
            assert payloads(await subscription.gather(worker, len(RAW))) == SEEN
            await subscription.end(worker)

    run(story())
