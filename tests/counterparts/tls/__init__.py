"""Certificates for tests: of an authority, and of `localhost` and `127.0.0.1` with its key. The authority's own key was thrown away."""

from __future__ import annotations

import ssl
from pathlib import Path

AUTHORITY = Path(__file__).parent / "authority.pem"
SERVER = Path(__file__).parent / "server.pem"


def server() -> ssl.SSLContext:
    """What a server on this machine shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SERVER)
    return context
