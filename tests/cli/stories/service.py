"""An HTTP service that writes down every request, and answers some only when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Service:
    """`marks`: path and idempotency key of each request, as it came. `/held` waits for `release`; `/fail` is answered with 503."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, str | None]] = []
        self.release = threading.Event()
        self.url = ""

    def of(self, path: str) -> list[str | None]:
        """The idempotency keys of the requests for a path."""
        return [key for asked, key in self.marks if asked == path]


@contextmanager
def serving() -> Iterator[Service]:
    """A service on a free port."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.marks.append((self.path, self.headers.get("Idempotency-Key")))
            if self.path.startswith("/held"):
                service.release.wait(60)
            self.send_response(503 if self.path.startswith("/fail") else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "11")
            self.end_headers()
            try:
                self.wfile.write(b'{"ok":true}')
            except BrokenPipeError:
                self.close_connection = True  # who asked was killed meanwhile

        do_GET = do_POST  # noqa: N815  the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
