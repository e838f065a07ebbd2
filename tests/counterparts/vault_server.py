"""What stands in for Vault: `python -m tests.counterparts.vault_server PORT`.

Whoever shows the token finds an entry under every name of its key/value engine; `/opened` opens to the value in it.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.counterparts.tokens import KEPT, VAULT


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/opened":
            known = self.headers["Authorization"] == f"Bearer {KEPT}"
            self._answer(200 if known else 401, {"opened": known})
        elif self.headers["X-Vault-Token"] == VAULT:
            self._answer(200, {"data": {"data": {"value": KEPT}, "metadata": {"version": 1}}})
        else:
            self._answer(403, {"errors": [f"permission denied: {self.headers['X-Vault-Token']}"]})

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()
