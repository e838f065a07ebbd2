"""A container engine for tests: it keeps what it is told, and its containers end when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from activities.containers.engine import Found
from activities.process.output import Stream
from interpreter.faults import Fault


@dataclass
class Made:
    """A container of the fake engine."""

    id: str
    name: str
    config: Any
    status: str = "created"
    code: int = 0
    finished: float | None = None
    stdin: bytes | None = None
    files: bytes | None = None
    written: list[tuple[Stream, bytes]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, code: int = 0, finished: float = 0.0) -> None:
        self.status, self.code, self.finished = "exited", code, finished
        self.over.set()


class FakeEngine:
    """`images` are on the host, `registry` can be pulled; `trouble` are faults by the name of the function that raises them."""

    def __init__(self, images=("alpine",), registry=()) -> None:
        self.images = set(images)
        self.registry = set(registry)
        self.containers: dict[str, Made] = {}
        self.asked: list[str] = []
        self.trouble: dict[str, Fault] = {}
        self.at_start = lambda made: made.end()
        self.closed = False
        self.here = True
        self.ports: dict[int, int] = {}
        """Where the ports of running containers are on this machine."""
        self.missed: int | None = None
        """Where following ends before all was written, as real engines were seen to do."""
        self._count = 0

    def _noted(self, what: str) -> None:
        self.asked.append(what)
        if what in self.trouble:
            raise self.trouble[what]

    def _get(self, name: str) -> Made | None:
        return next((made for made in self.containers.values() if name in {made.id, made.name}), None)

    async def local(self) -> bool:
        return self.here

    async def has_image(self, image: str) -> bool:
        return image in self.images

    async def pull(self, image: str) -> None:
        self._noted("pull")
        if image not in self.registry:
            raise AssertionError(f"no {image}")
        self.images.add(image)

    async def find(self, name: str) -> Found | None:
        made = self._get(name)
        return None if made is None else _found(made)

    async def labelled(self, label: str) -> list[Found]:
        self._noted("labelled")
        name, _, value = label.partition("=")
        return [_found(made) for made in self.containers.values() if made.config["Labels"].get(name) == value]

    async def create(self, name: str, config: Any) -> str:
        self._noted("create")
        assert self._get(name) is None
        self._count += 1
        made = Made(f"id-{self._count}", name, config)
        self.containers[made.id] = made
        return made.id

    async def put(self, id: str, archive: bytes) -> None:
        assert self.containers[id].status == "created"
        self.containers[id].files = archive

    async def published(self, id: str, port: int) -> int | None:
        return self.ports.get(port) if self.containers[id].status == "running" else None

    async def input(self, id: str) -> _Input:
        assert self.containers[id].status == "created"
        return _Input(self.containers[id])

    async def start(self, id: str) -> None:
        self._noted("start")
        made = self.containers[id]
        made.status = "running"
        self.at_start(made)

    async def logs(self, id: str, *, follow: bool, last: int | None = None) -> AsyncGenerator[tuple[Stream, bytes], None]:
        made = self.containers[id]
        for one in made.written[: self.missed] if follow else made.written[-(last or 0) :]:
            yield one
        if follow:
            await made.over.wait()

    async def wait(self, id: str) -> int:
        await self.containers[id].over.wait()
        return self.containers[id].code

    async def stop(self, id: str, grace: int) -> None:
        self._noted("stop")
        self.containers[id].end(137)

    async def remove(self, id: str) -> None:
        self._noted("remove")
        self.containers.pop(id, None)

    async def close(self) -> None:
        self.closed = True


class _Input:
    def __init__(self, made: Made) -> None:
        self._made = made

    async def feed(self, content: bytes) -> None:
        self._made.stdin = content


def _found(made: Made) -> Found:
    return Found(id=made.id, labels=made.config["Labels"], status=made.status, finished=made.finished)
