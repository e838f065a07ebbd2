"""What answers in the stead of a counterpart, and speaks no protocol at all."""

from __future__ import annotations

import socketserver
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

NOISE = bytes(range(255, -1, -1)) + b"\r\n\r\n"


class Garbage:
    """Answers on a port (0: a free one, told by `port`), or on a socket of the file system, with noise at once, and hangs up; while it is entered."""

    def __init__(self, where: int | Path) -> None:
        if isinstance(where, int):
            self._server: socketserver.BaseServer = _Tcp(("127.0.0.1", where), _Noise)
            self.port = int(self._server.server_address[1])
        else:
            where.unlink(missing_ok=True)
            self._server = socketserver.ThreadingUnixStreamServer(str(where), _Noise)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Noise(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):  # whoever was there may have gone
            self.request.sendall(NOISE)
            self.request.settimeout(0.2)
            self.request.recv(65_536)
