"""`python -m benchmarks.counterpart`: what both sides call. Says its port in its first line, and ends with its standard input."""

from __future__ import annotations

import asyncio
import sys

BODY = b'{"name":"tea","price":4,"tags":["green","loose"]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
END = b"\r\n\r\n"


class Same(asyncio.Protocol):
    """The same answer to every request without a body, on connections that are kept."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to answer to."""
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request as soon as its head is there."""
        *requests, self._received = (self._received + data).split(END)
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write(ANSWER * len(requests))


async def main() -> None:
    """Serve until nobody reads any more."""
    server = await asyncio.get_running_loop().create_server(Same, "127.0.0.1", 0, backlog=1000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
