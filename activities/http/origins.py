"""Origins that stand in for others: a staging system or a local counterpart in place of the host a document names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
"""Where an origin that names no port is."""


def parse(texts: Iterable[str]) -> dict[str, str]:
    """The mapping given as `FROM=TO` texts, each side an origin such as `https://example.com:8443`.

    `ValueError`, worded for people, when one of them is not that.
    """
    mapping: dict[str, str] = {}
    for text in texts:
        source, separator, target = text.partition("=")
        if not separator:
            raise ValueError(f"{text!r} is no origin mapping; write FROM=TO, such as https://example.com=http://localhost:8080")
        mapping[_parsed(source)] = _parsed(target)
    return mapping


def mapped(uri: str, origins: Mapping[str, str]) -> str:
    """The URI with its origin replaced where the mapping has it, else as it is."""
    parts = urlsplit(uri)
    target = origins.get(origin_of(parts))
    if target is None:
        return uri
    stand_in = urlsplit(target)
    return parts._replace(scheme=stand_in.scheme, netloc=stand_in.netloc).geturl()


def origin_of(parts: SplitResult) -> str:
    """Scheme, host and port of a URI in one form: lower case, no user information, no default port."""
    scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port in {None, PORTS.get(scheme)} else f"{scheme}://{shown}:{port}"


def _parsed(text: str) -> str:
    try:
        parts = urlsplit(text)
        origin = origin_of(parts)
    except ValueError as error:
        raise ValueError(f"{text!r} is no origin: {error}") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{text!r} is no origin; write http or https, a host and perhaps a port, such as http://localhost:8080")
    return origin
