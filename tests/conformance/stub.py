"""A small HTTP server that answers from a script, and `/echo…` with what it was asked."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from interpreter.values import Json

ORIGIN = "https://stub.example"
"""What documents call the server."""


@contextmanager
def serving(routes: Mapping[str, Sequence[Json]]) -> Iterator[Mapping[str, str]]:
    """Run the server on a free port of this machine, in the place of `ORIGIN`.

    `routes` is `{"GET /path": [{status?, headers?, json? | text? | base64?}, …]}`; the last answer of a route is repeated.
    """
    server = _Server(routes)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield {ORIGIN: f"http://127.0.0.1:{server.server_port}"}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, routes: Mapping[str, Sequence[Json]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self._left = {route: list(answers) for route, answers in routes.items()}
        self._lock = threading.Lock()

    def next_answer(self, route: str) -> Json:
        with self._lock:
            left = self._left.get(route)
            if not left:
                return {"status": 501, "text": f"the script has no route {route}"}
            return left.pop(0) if len(left) > 1 else left[0]


class _Answering(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing: the output belongs to the tests."""

    def handle_one_request(self) -> None:
        """One request of any method; a client that is gone, cut off by a deadline, is no trouble."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if self.raw_requestline and self.parse_request():
                self._answer()
            else:
                self.close_connection = True
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        if parts.path.startswith("/echo"):
            answer: Json = {"json": self._echo(parts.path, parts.query, body)}
        else:
            answer = self.server.next_answer(f"{self.command} {parts.path}")
        content, kind = _content(answer)
        headers = {"Content-Type": kind, **answer.get("headers", {})} if content else dict(answer.get("headers", {}))
        self.send_response(answer.get("status", 200))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _echo(self, path: str, query: str, body: bytes) -> Json:
        text = body.decode()
        parsed = json.loads(text) if text and "json" in self.headers.get("Content-Type", "") else None
        return {
            "method": self.command,
            "path": path,
            "query": parse_qsl(query, keep_blank_values=True),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": parsed,
            "text": text,
        }


def _content(answer: Json) -> tuple[bytes, str]:
    if "json" in answer:
        return json.dumps(answer["json"]).encode(), "application/json"
    if "base64" in answer:
        return base64.b64decode(answer["base64"]), "application/octet-stream"
    return answer.get("text", "").encode(), "text/plain; charset=utf-8"
