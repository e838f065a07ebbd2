from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from activities.asyncapi.message import Incoming
from activities.asyncapi.sessions import Sessions
from tests.activities.asyncapi.working import run


class Line:
    """A server with messages 1, 2, 3 …; what it was asked to do."""

    def __init__(self) -> None:
        self.opened: list[Any] = []
        self.closed = 0
        self.said: list[str] = []
        self.broken = False
        self.left = asyncio.Event()

    @asynccontextmanager
    async def open(self, at: Any) -> AsyncIterator[Open]:
        self.opened.append(at)
        try:
            yield Open(self, at or 0)
        finally:
            self.closed += 1
            self.left.set()


class Open:
    def __init__(self, line: Line, at: int) -> None:
        self.line, self.position = line, at

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        if self.line.broken:
            raise ConnectionError
        found = [Incoming(body=str(self.position + n + 1).encode(), receipt=self.position + n + 1) for n in range(most)]
        self.position += most
        return found

    async def acknowledge(self, receipts: Sequence[Any]) -> None:
        self.line.said.append(f"ack {list(receipts)}")

    async def end(self) -> None:
        self.line.said.append("end")


async def polled(sessions: Sessions, line: Line, position: Any, receipts: Sequence[Any] = (), most: int = 1) -> tuple[list[str], Any]:
    messages, after = await sessions.poll("key", line.open, position, receipts, most, 1)
    return [one.body.decode() for one in messages], after


def test_one_connection_serves_one_poll_after_the_other_and_settles_what_came_before() -> None:
    async def story() -> None:
        line = Line()
        async with Sessions.opened() as sessions:
            first, after = await polled(sessions, line, None, most=2)
            second, _ = await polled(sessions, line, after, [1, 2])
            assert (first, second) == (["1", "2"], ["3"])
            assert (line.opened, line.closed, line.said) == ([None], 0, ["ack []", "ack [1, 2]"])
        assert line.closed == 1

    run(story())


def test_the_same_poll_again_gives_the_same_and_settles_nothing() -> None:
    async def story() -> None:
        line = Line()
        async with Sessions.opened() as sessions:
            _, after = await polled(sessions, line, None)
            one = await polled(sessions, line, after, [1])
            assert await polled(sessions, line, after, [1]) == one
            assert line.said == ["ack []", "ack [1]"]

    run(story())


def test_a_worker_without_the_connection_goes_on_where_the_position_says() -> None:
    async def story() -> None:
        line = Line()
        async with Sessions.opened() as one, Sessions.opened() as other:
            _, after = await polled(one, line, None, most=2)
            second, after = await polled(other, line, after, [1, 2])
            third, _ = await polled(one, line, after, [3])
            assert (second, third) == (["3"], ["4"])
            assert line.opened == [None, 2, 3], "what stands elsewhere is not used any more"

    run(story())


def test_a_poll_that_fails_gives_the_connection_up() -> None:
    async def story() -> None:
        line = Line()
        async with Sessions.opened() as sessions:
            _, after = await polled(sessions, line, None)
            line.broken = True
            with pytest.raises(ConnectionError):
                await polled(sessions, line, after, [1])
            line.broken = False
            assert (await polled(sessions, line, after, [1]))[0] == ["2"]
            assert line.opened == [None, 1]

    run(story())


def test_a_subscription_that_nobody_polls_is_closed() -> None:
    async def story() -> None:
        line = Line()
        sessions = Sessions(lease=0.01)
        await polled(sessions, line, None)
        await line.left.wait()
        await sessions.close()
        assert line.said == ["ack []"], "closed is not ended"

    run(story())


@pytest.mark.parametrize("keeps", [True, False])
def test_the_end_settles_and_removes(keeps: bool) -> None:
    async def story() -> None:
        line = Line()
        async with Sessions.opened() as sessions:
            _, after = await polled(sessions, line, None)
            await sessions.end("key", line.open, after, [1], keeps=keeps)
            assert (line.said[1:], line.opened, line.closed) == (["ack [1]", "end"], [None], 1)

    run(story())


def test_an_end_elsewhere_connects_only_where_there_is_something_to_remove() -> None:
    async def story(keeps: bool) -> list[Any]:
        line = Line()
        async with Sessions.opened() as sessions:
            await sessions.end("key", line.open, {"mark": "x", "at": 7}, [7], keeps=keeps)
        return [line.opened, line.said]

    assert run(story(keeps=True)) == [[7], ["ack [7]", "end"]]
    assert run(story(keeps=False)) == [[], []]
