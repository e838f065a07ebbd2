from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.activities.asyncapi.working import Run, described, payloads, run, trouble, working
from tests.settings import Settings


class House:
    """A WebSocket server: greets who comes with the frames it has, and remembers what it hears."""

    def __init__(self, *frames: str | bytes, token: str | None = None, then: str = "stay") -> None:
        self.frames, self.token, self.then = frames, token, then
        self.heard: list[Any] = []
        self.came = 0
        self.inside: set[ServerConnection] = set()
        self.said = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        async with serve(self._welcome, "127.0.0.1", 0, process_request=self._door) as server:
            yield server.sockets[0].getsockname()[1]

    async def _welcome(self, connection: ServerConnection) -> None:
        self.came += 1
        self.inside.add(connection)
        for frame in self.frames:
            await connection.send(frame)
        if self.then == "close":
            return
        async for frame in connection:
            self.heard.append(json.loads(frame))
            self.said.set()

    def _door(self, connection: ServerConnection, request: Any) -> Any:
        if self.then.startswith("redirect "):
            answer = connection.respond(HTTPStatus.FOUND, "")
            answer.headers["Location"] = self.then.removeprefix("redirect ")
            return answer
        if self.token is not None and request.headers.get("Authorization") != f"Bearer {self.token}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "who are you?")
        return None


def subscription(port: int, **with_: Any) -> Run:
    return Run(described({"host": f"127.0.0.1:{port}", "protocol": "ws", "pathname": "/v1"}, "room"), **with_)


def told(house: House, story: Callable[[int], Any]) -> Any:
    async def whole() -> Any:
        async with house.open() as port:
            return await story(port)

    return run(whole())


def test_a_message_is_one_frame() -> None:
    async def story(port: int) -> list[Any]:
        async with working() as worker:
            await subscription(port).publish(worker, {"ü": 1})
        await asyncio.wait_for(house.said.wait(), 10)
        return house.heard

    house = House()
    assert told(house, story) == [{"ü": 1}]


def test_what_a_server_says_between_two_polls_is_not_missed_by_the_same_worker() -> None:
    async def story(port: int) -> tuple[list[Any], list[Any]]:
        found = subscription(port)
        async with working() as worker:
            first = await found.poll(worker, most=1)
            for connection in house.inside:
                await connection.send('{"n": 3}')
            return payloads(first), payloads(await found.gather(worker, 2))

    house = House('{"n": 1}', '{"n": 2}')
    assert told(house, story) == ([{"n": 1}], [{"n": 2}, {"n": 3}])
    assert house.came == 1


def test_frames_of_every_kind() -> None:
    async def story(port: int) -> list[Any]:
        async with working() as worker:
            return payloads(await subscription(port).gather(worker, 3))

    assert told(House("text", b"\xff\xfe", ""), story) == ["text", "//4=", None]


def test_what_was_said_before_a_server_left_is_not_lost() -> None:
    async def story(port: int) -> tuple[list[Any], dict[str, Any]]:
        found = subscription(port)
        async with working() as worker:
            return payloads(await found.gather(worker, 2)), await trouble(found.poll(worker))

    got, problem = told(House("1", "2", then="close"), story)
    assert got == [1, 2]
    assert problem["type"] == "communication"


def test_silence_ends_a_poll() -> None:
    async def story(port: int) -> list[Any]:
        async with working() as worker:
            return await subscription(port).poll(worker, wait=0.05)

    assert told(House(), story) == []


def test_credentials() -> None:
    async def story(port: int) -> list[Any]:
        right = subscription(port, authentication={"bearer": {"token": "let-me-in"}})
        wrong = subscription(port, authentication={"bearer": {"token": "wrong-token"}})
        wrong.key = "key-2"
        async with working() as worker:
            return [payloads(await right.poll(worker)), await trouble(wrong.poll(worker)), await trouble(wrong.publish(worker, 1))]

    got, *problems = told(House("1", token="let-me-in"), story)
    assert got == [1]
    for problem in problems:
        assert (problem["type"], problem["status"]) == ("authentication", 401)
        assert "wrong-token" not in str(problem)


def test_nobody_and_nothing_are_told(unused_port: int) -> None:
    async def story() -> list[dict[str, Any]]:
        nobody = subscription(unused_port)
        async with working() as worker:
            return [await trouble(nobody.publish(worker, 1)), await trouble(nobody.poll(worker))]

    assert [problem["type"] for problem in run(story())] == ["communication", "communication"]


def test_redirects_are_not_followed() -> None:
    other = House("1")

    async def story(port: int) -> dict[str, Any]:
        house.then = f"redirect ws://127.0.0.1:{port}/v1/room"
        async with house.open() as door, working() as worker:
            return await trouble(subscription(door).poll(worker))

    house = House()
    assert told(other, story)["type"] == "communication"
    assert other.came == 0


def test_an_origin_may_stand_in() -> None:
    async def story(port: int) -> list[Any]:
        found = Run(described({"host": "rooms.example", "protocol": "wss"}, "room"))
        settings = Settings(origins={"https://rooms.example": f"http://127.0.0.1:{port}"})
        async with working(settings) as worker:
            return payloads(await found.poll(worker))

    assert told(House("1"), story) == [1]


def test_headers_are_refused() -> None:
    async def story(port: int) -> dict[str, Any]:
        async with working() as worker:
            return await trouble(subscription(port).publish(worker, 1, headers={"a": "b"}))

    assert told(House(), story)["type"] == "configuration"


@pytest.mark.parametrize("size", [1_800_000])
def test_a_frame_that_no_run_can_carry_is_refused(size: int) -> None:
    async def story(port: int) -> dict[str, Any]:
        async with working() as worker:
            return await trouble(subscription(port).poll(worker))

    assert told(House("x" * size), story)["type"] == "communication"
