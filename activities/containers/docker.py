"""Docker as a container engine, by its API; aiodocker is imported where it is first needed.

Spec: https://docs.docker.com/reference/api/engine/
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from activities.containers.engine import Found
from activities.extras import missing
from activities.process.output import STREAMS, Stream
from interpreter.faults import fault
from interpreter.values import Json, encode

if TYPE_CHECKING:
    from aiodocker import Docker
    from aiodocker.stream import Stream as Attached
    from aiohttp import StreamReader

T = TypeVar("T")

_HEADER = struct.Struct(">BxxxL")
"""Before each piece of a log: the stream (1 or 2) and the piece's length."""
_CHUNK = 65_536
_SOCKETS = (Path("/run/docker.sock"), Path("/var/run/docker.sock"), Path.home() / ".docker/run/docker.sock")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_IN_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))
_GONE = 404
_CONFLICT = 409


def docker() -> DockerEngine:
    """The Docker that `DOCKER_HOST`, the current Docker context or the usual sockets name; `configuration` faults where there is none."""
    try:
        from aiodocker import Docker  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("run: container", "docker") from None
    try:
        return DockerEngine(Docker())
    except (AssertionError, ValueError) as error:
        why = f": {error}" if str(error) else ""
        raise fault("configuration", f"the worker finds no Docker; start it, or set DOCKER_HOST{why}") from None


def at_hand() -> bool:
    """Whether there seems to be a Docker to talk to, as far as that can be told without talking."""
    if importlib.util.find_spec("aiodocker") is None:
        return False
    return "DOCKER_HOST" in os.environ or any(socket.is_socket() for socket in _SOCKETS)


class DockerEngine:
    """See `engine.Engine` for what each function promises."""

    def __init__(self, client: Docker) -> None:
        self._client = client

    async def local(self) -> bool:
        """By a socket, or by a loopback address; not through SSH, and not from within a container that has a network of its own."""
        from aiohttp import NamedPipeConnector, UnixConnector  # noqa: PLC0415 - an extra

        by_socket = type(self._client.connector) in {
            UnixConnector,
            NamedPipeConnector,
        }  # aiodocker's connector for SSH is one of the first kind
        address = urlsplit(self._client.docker_host)
        if not by_socket and (address.scheme not in {"http", "https"} or address.hostname not in _LOOPBACK):
            return False
        if not any(marker.exists() for marker in _IN_CONTAINER):
            return True
        with _told("asking who it is"):
            return bool((await self._client.system.info())["Name"] == socket.gethostname())

    async def has_image(self, image: str) -> bool:
        """Whether the host has it."""
        with _told(f"looking for the image '{image}'"):
            return await _there(self._client.images.inspect(image)) is not None

    async def pull(self, image: str) -> None:
        """Get it; without a tag, `latest`."""
        with _told(f"pulling the image '{image}'"):
            async for _ in self._client.images.pull(image, stream=True):
                pass

    async def find(self, name: str) -> Found | None:
        """By name or id."""
        with _told(f"looking for the container '{name}'"):
            shown = await _there(self._client.containers.container(name).show())
            return None if shown is None else _found(shown)

    async def labelled(self, label: str) -> list[Found]:
        """By label."""
        with _told("listing containers"):
            listed = await self._client.containers.list(all=True, filters=encode({"label": [label]}))
            shown = [await _there(one.show()) for one in listed]
            return [_found(one) for one in shown if one is not None]

    async def create(self, name: str, config: Json) -> str:
        """Made, not started."""
        with _told(f"creating the container '{name}'"):
            return str((await self._client.containers.create(config, name=name)).id)

    async def put(self, id: str, archive: bytes) -> None:
        """Unpacked."""
        with _told("putting files into the container"):
            await self._client.containers.container(id).put_archive("/", archive)  # type: ignore[no-untyped-call]  # aiodocker says no types

    async def published(self, id: str, port: int) -> int | None:
        """As Docker has chosen it."""
        with _told("looking for the container's port"):
            shown = await _there(self._client.containers.container(id).show())
        bindings = ((shown or {}).get("NetworkSettings", {}).get("Ports") or {}).get(f"{port}/tcp")
        return int(bindings[0]["HostPort"]) if bindings else None

    async def input(self, id: str) -> DockerInput:
        """Attached."""
        with _told("attaching to the container"):
            attached = self._client.containers.container(id).attach(stdin=True, stdout=False, stderr=False)
            await attached.__aenter__()
            return DockerInput(attached)

    async def start(self, id: str) -> None:
        """Started."""
        with _told("starting the container"):
            await self._client.containers.container(id).start()

    async def logs(self, id: str, *, follow: bool, last: int | None = None) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """Both streams in one, as they come; aiodocker's own function would mix them, and drop what is no text."""
        with _told("reading what the container writes"):
            parameters = {"follow": str(int(follow)), "stdout": "1", "stderr": "1", "tail": "all" if last is None else str(last)}
            query = self._client._query(f"containers/{id}/logs", params=parameters, timeout=None)  # noqa: SLF001
            async with query as response:
                try:
                    async for piece in _pieces(response.content):
                        yield piece
                finally:
                    response.close()

    async def wait(self, id: str) -> int:
        """Its exit code."""
        with _told("waiting for the container"):
            return int((await self._client.containers.container(id).wait(timeout=None))["StatusCode"])

    async def stop(self, id: str, grace: int) -> None:
        """Stopped."""
        with _told("stopping the container"):
            await _there(self._client.containers.container(id).stop(t=grace))

    async def remove(self, id: str) -> None:
        """Removed; Docker refuses what it is already about to do."""
        with _told("removing the container"):
            await _there(self._client.containers.container(id).delete(force=True, v=True), _CONFLICT)

    async def close(self) -> None:
        """Closed."""
        await self._client.close()


class DockerInput:
    """The connection over which a container reads; Docker closes its standard input with it."""

    def __init__(self, attached: Attached) -> None:
        self._attached = attached

    async def feed(self, content: bytes) -> None:
        """Write, and close."""
        try:
            with suppress(ConnectionError):
                for at in range(0, len(content), _CHUNK):
                    await self._attached.write_in(content[at : at + _CHUNK])
        except asyncio.CancelledError:
            self._drop()
            raise
        finally:
            await self._attached.close()

    def _drop(self) -> None:
        """Forget what nobody reads: a connection that is only closed waits for it to be sent."""
        response = self._attached._resp  # noqa: SLF001 - aiodocker's stream cannot
        if response is not None and response.connection is not None and response.connection.transport is not None:
            response.connection.transport.abort()


async def _pieces(content: StreamReader) -> AsyncGenerator[tuple[Stream, bytes], None]:
    """The pieces of a log of two streams."""
    while first := await content.read(1):
        number, left = _HEADER.unpack(first + await content.readexactly(_HEADER.size - 1))
        while left:
            piece = await content.readexactly(min(left, _CHUNK))
            left -= len(piece)
            yield STREAMS[number - 1], piece


async def _there(asking: Awaitable[T], *also: int) -> T | None:
    """What Docker answers; None where it knows no such thing, or answers with another status that means no harm."""
    from aiodocker import DockerError  # noqa: PLC0415 - an extra

    try:
        return await asking
    except DockerError as error:
        if error.status == _GONE or error.status in also:
            return None
        raise


@contextmanager
def _told(doing: str) -> Iterator[None]:
    """What Docker refuses, or that it is not there, as a fault of the document's run."""
    from aiodocker import DockerError  # noqa: PLC0415 - an extra
    from aiohttp import ClientError  # noqa: PLC0415

    try:
        yield
    except DockerError as error:
        raise fault("runtime", f"{doing}: {error.message}", title="Container engine error") from None
    except (ClientError, OSError, EOFError) as error:
        raise fault(
            "runtime", f"{doing}: Docker cannot be reached ({error or type(error).__name__})", title="Container engine error"
        ) from None


def _found(shown: Json) -> Found:
    state = shown["State"]
    ended = state["Status"] in {"exited", "dead"}
    return Found(
        id=shown["Id"],
        labels=shown["Config"]["Labels"] or {},
        status=state["Status"],
        finished=datetime.fromisoformat(state["FinishedAt"]).timestamp() if ended else None,
    )
