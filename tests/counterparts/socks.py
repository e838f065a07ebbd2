"""A SOCKS5 proxy (RFC 1928, RFC 1929) that leads every name to one counterpart, and tells what it was asked for."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_WR, create_connection, socket

from tests.canaries import token

USER, PASSWORD = "ada", token("socks")


class Socks:
    """`asked` are the hosts and ports of its users; `answer` is its reply code (0: connected), None: no SOCKS at all."""

    def __init__(self, port: int, *, answer: int | None) -> None:
        self.target = ("127.0.0.1", port)
        self.answer = answer
        self.asked: list[tuple[str, int]] = []
        self.address = ""

    def serve(self, user: socket) -> None:
        """One connection, to its end."""
        received = user.makefile("rb")
        if self.answer is None:
            user.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        _, count = received.read(2)
        named = 2 in received.read(count)
        user.sendall(b"\x05\x02" if named else b"\x05\x00")
        if named:
            received.read(1)
            given = [received.read(received.read(1)[0]).decode() for _ in range(2)]
            user.sendall(b"\x01\x00" if given == [USER, PASSWORD] else b"\x01\x01")
        kind = received.read(4)[3]
        host = received.read(received.read(1)[0]).decode() if kind == 3 else ".".join(map(str, received.read(4)))
        self.asked.append((host, int.from_bytes(received.read(2), "big")))
        bound = b"\x03\x04here" if kind == 3 else b"\x01\x00\x00\x00\x00"
        for one in bytes([5, self.answer, 0]) + bound + b"\x00\x00":
            user.sendall(bytes([one]))
        if self.answer == 0:
            with create_connection(self.target) as peer:
                back = threading.Thread(target=_pumped, args=(peer, user))
                back.start()
                _pumped(user, peer)
                back.join()


def _pumped(source: socket, target: socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(SHUT_WR)


@contextmanager
def proxying(port: int, *, answer: int | None = 0) -> Iterator[Socks]:
    """A proxy to a port of this machine."""
    socks = Socks(port, answer=answer)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, ValueError, IndexError):
                socks.serve(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        socks.address = f"127.0.0.1:{server.server_address[1]}"
        yield socks
        server.shutdown()
