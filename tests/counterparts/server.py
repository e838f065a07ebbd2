"""The server: records what it receives, and answers as `tests.counterparts.routes` says."""

from __future__ import annotations

import socket
import ssl
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.counterparts.messages import Received, Reply
from tests.counterparts.routes import route


class Counterpart:
    """Runs while it is entered. `origin` is where it listens; `received` is what it got, in order; `replies` are answers a test sets by path, or functions that give them."""

    def __init__(self, port: int = 0, *, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.replies: dict[str, Reply | Callable[[Received], Reply]] = {}
        self.calls: Counter[str] = Counter()
        self._entered: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._released: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._lock = threading.Lock()
        self._server = _Server(port, self)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.origin = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def events(self) -> list[Any]:
        """The CloudEvents that came to the event sink at `/events`."""
        return [one.json() for one in self.to("/events")]

    def to(self, path: str) -> list[Received]:
        """What was received at a path."""
        return [one for one in self.received if one.path == path]

    def held(self, name: str, timeout: float = 30) -> None:
        """Wait until a request to `/slow/NAME` has come in."""
        assert self._entered[name].wait(timeout), f"no request to /slow/{name} came in"

    def release(self, name: str) -> None:
        """Have `/slow/NAME` answer, now and later."""
        self._released[name].set()

    def hold(self, name: str) -> None:
        """Called for an answer: wait for `release`."""
        self._entered[name].set()
        self._released[name].wait()

    def count(self, name: str) -> int:
        """Called for an answer: how often it was called with a name, this time included."""
        with self._lock:
            self.calls[name] += 1
            return self.calls[name]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for event in list(self._released.values()):
            event.set()
        self._server.shutdown()
        self._server.stop()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, counterpart: Counterpart) -> None:
        self.counterpart = counterpart
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that goes away is no error here."""

    def stop(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        received = Received(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers},
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        counterpart = self.server.counterpart
        counterpart.received.append(received)
        own = counterpart.replies.get(received.path)
        if own is None:
            self._send(route(received, counterpart))
        else:
            self._send(own if isinstance(own, Reply) else own(received))

    def _send(self, reply: Reply) -> None:
        if reply.raw is not None:
            self.close_connection = True
            self.wfile.write(reply.raw)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.close_connection = self.close_connection or reply.cut

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        """Nothing: `received` is the log."""
