"""Client certificates: who the worker is to a peer that wants to know it before anything is said."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from interpreter.faults import fault
from interpreter.values import Json

CHAIN, KEY, AUTHORITY = "tls.crt", "tls.key", "ca.crt"
"""The members of a secret that holds a certificate: those of a Kubernetes secret of type `kubernetes.io/tls`."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with what leads to its root, its private key, and the authorities that are trusted instead of the usual ones; all PEM."""

    chain: str
    key: str = field(repr=False)
    authority: str | None = None


def certificate(name: str, secret: Json) -> Certificate:
    """The certificate in the secret of that name; an `authentication` fault that names what is missing."""
    found = secret if isinstance(secret, dict) else {}
    for member in (CHAIN, KEY):
        if not isinstance(found.get(member), str):
            raise fault(
                "authentication", f"the secret {name!r}, used as client certificate, must be an object with {CHAIN!r} and {KEY!r} in PEM"
            )
    authority = found.get(AUTHORITY)
    return Certificate(found[CHAIN], found[KEY], authority if isinstance(authority, str) else None)


def trust(presented: Certificate | None) -> ssl.SSLContext:
    """What the worker shows and whom it trusts; takes some milliseconds. An `authentication` fault for what is no certificate with its key."""
    if presented is None:
        return httpx.create_ssl_context()
    try:
        context = httpx.create_ssl_context() if presented.authority is None else ssl.create_default_context(cadata=presented.authority)
        # OpenSSL reads the key from a file only: one that nobody else can open, for a moment.
        with TemporaryDirectory(prefix="swtemporal-") as folder:
            file = Path(folder, "certificate.pem")
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as opened:
                opened.write(f"{presented.key}\n{presented.chain}\n")
            context.load_cert_chain(file, password=lambda: "")  # without one OpenSSL would ask on the terminal
    except (ssl.SSLError, ValueError):
        raise fault("authentication", "the client certificate and its key are no PEM, do not belong together, or need a password") from None
    return context
