"""What is needed of a container engine, and no more."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Protocol

from activities.process.output import Stream
from interpreter.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A container that is there."""

    id: str
    labels: Mapping[str, str]
    status: str
    """`created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`."""
    finished: float | None
    """When it ended, in seconds since the epoch; None as long as it has not."""


class Input(Protocol):
    """The standard input of a container."""

    async def feed(self, content: bytes) -> None:
        """Write everything, and close; less of it where the container has ended before."""
        ...


class Engine(Protocol):
    """A container engine. Whatever it refuses is a `runtime` fault that says what was to be done and why it cannot be."""

    async def local(self) -> bool:
        """Whether it is on this machine: what it publishes on the loopback address is reached from here."""
        ...

    async def has_image(self, image: str) -> bool:
        """Whether an image is on the host."""
        ...

    async def pull(self, image: str) -> None:
        """Get an image from its registry."""
        ...

    async def find(self, name: str) -> Found | None:
        """The container of that name, or id."""
        ...

    async def labelled(self, label: str) -> list[Found]:
        """The containers that have a label (`name=value`), running or not."""
        ...

    async def create(self, name: str, config: Json) -> str:
        """Make a container as the Docker Engine API describes one; gives its id."""
        ...

    async def put(self, id: str, archive: bytes) -> None:
        """Unpack a tar archive in the root folder of a container."""
        ...

    async def published(self, id: str, port: int) -> int | None:
        """The port of the engine's machine that leads to a container's TCP port; None where none does, or it does not run."""
        ...

    async def input(self, id: str) -> Input:
        """The standard input of a container that was created to have one; asked for before it starts."""
        ...

    async def start(self, id: str) -> None:
        """Start a container."""
        ...

    def logs(self, id: str, *, follow: bool, last: int | None = None) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """What a container has written from the beginning, or its `last` lines; with `follow` also what it writes until it ends."""
        ...

    async def wait(self, id: str) -> int:
        """The exit code, when it has ended."""
        ...

    async def stop(self, id: str, grace: int) -> None:
        """Ask it to end, and kill it after so many seconds; nothing happens where it has ended, or is gone."""
        ...

    async def remove(self, id: str) -> None:
        """Remove a container with its anonymous volumes, running or not; nothing happens where it is gone."""
        ...

    async def close(self) -> None:
        """Let go of the engine."""
        ...
