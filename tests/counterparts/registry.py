"""A registry of images that Docker can pull from, as far as that asks: one image of one layer, under every name.

Spec: https://distribution.github.io/distribution/spec/api/
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_DOCKER = "application/vnd.docker"
_MANIFEST = f"{_DOCKER}.distribution.manifest.v2+json"


@contextmanager
def registry(layer: bytes, command: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Its host and port, and the paths that were asked for; `layer` is a tar of the image's files, `command` what it runs."""
    asked: list[str] = []
    answers = _answers(layer, command)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            found = answers.get("manifest" if "/manifests/" in self.path else self.path.rpartition("/")[2])
            kind, content = found or ("application/json", b"{}")
            self.send_response(200 if found or self.path == "/v2/" else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", _digest(content))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - the server's name for it

        def log_message(self, format: str, *arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def _answers(layer: bytes, command: list[str]) -> dict[str, tuple[str, bytes]]:
    """By digest what an image is made of, and its manifest."""
    packed = gzip.compress(layer, mtime=0)
    image = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": command, "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
    }
    config = json.dumps(image).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _described(f"{_DOCKER}.container.image.v1+json", config),
        "layers": [_described(f"{_DOCKER}.image.rootfs.diff.tar.gzip", packed)],
    }
    return {
        "manifest": (_MANIFEST, json.dumps(manifest).encode()),
        _digest(config): ("application/octet-stream", config),
        _digest(packed): ("application/octet-stream", packed),
    }


def _described(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(content), "digest": _digest(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"
