"""An HTTP service that writes down every request, and answers some late or badly."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Request:
    """A request: its path, its idempotency key, when it came (seconds since 1970), and whether it was answered."""

    path: str
    key: str
    at: float = field(default_factory=time.time)
    answered: bool = False


@dataclass
class Counterpart:
    """The last part but one of a path says how it answers; the answer is the path's last part.

    `ok`: at once. `held`: when the gate is open. `once`: 503 the first time. `later`: 503 the first time, then as `held`. `never`: 503.
    """

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    serving: set[asyncio.Task[None]] = field(default_factory=set)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    def of(self, path: str) -> list[Request]:
        """The requests for a path."""
        return [request for request in self.requests if request.path == path]

    async def until(self, found: Callable[[], bool]) -> None:
        """Wait until what has come is as wanted."""
        async with self._came:
            await self._came.wait_for(found)

    async def has(self, number: int) -> None:
        """Wait until so many requests have come."""
        await self.until(lambda: len(self.requests) >= number)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection."""
        task = asyncio.create_task(self._serve(reader, writer))
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # who asked was killed meanwhile
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ", 2)[1]
            status = await self._status(Request(path, _header(head, "idempotency-key")))
            body = json.dumps(path.rpartition("/")[2]).encode()
            writer.write(b"HTTP/1.1 %d Told\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (status, len(body)))
            writer.write(b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        writer.close()

    async def _status(self, request: Request) -> int:
        how, first = request.path.split("/")[-2], not self.of(request.path)
        async with self._came:
            self.requests.append(request)
            self._came.notify_all()
        bad = how == "never" or (how in ("once", "later") and first)
        if how in ("held", "later") and not bad:
            await self.gate.wait()
        request.answered = True
        return 503 if bad else 200


@asynccontextmanager
async def serving() -> AsyncIterator[Counterpart]:
    """A service on a free port, with its gate shut."""
    counterpart = Counterpart()
    server = await asyncio.start_server(counterpart.accept, "127.0.0.1", 0)
    counterpart.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield counterpart
    finally:
        counterpart.gate.set()
        server.close()
        await asyncio.gather(*counterpart.serving)


def _header(head: str, name: str) -> str:
    return next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith(f"{name}:"))
