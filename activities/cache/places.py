"""The places of results as an operator writes them: `memory`, `off`, `sqlite:PATH`, `postgresql://…`, `redis://…`.

Addresses may hold passwords, so none is ever repeated in a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from activities.cache.memory import Memory
from activities.cache.store import Shelf, Store

_SHARED = "sqlite:PATH, postgresql://USER@HOST/DATABASE or redis://HOST/NUMBER"

_SERVERS = {"postgresql": "postgres", "postgres": "postgres", "redis": "redis", "rediss": "redis"}
"""The schemes of addresses, and the extra that each needs."""

_MODULES = {"postgres": "asyncpg", "redis": "redis"}

_HIDDEN = {"password", "sslpassword", "user", "username"}
"""Parameters of addresses that drivers take credentials from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where results are kept: `kind` is `memory`, `off`, `sqlite`, `postgres` or `redis`, `at` the file or the address."""

    kind: str
    at: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """For people: an address without credentials and parameters."""
        if self.kind in {"memory", "off"}:
            return self.kind
        if self.kind == "sqlite":
            return self.at
        parts = urlsplit(self.at)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"

    @property
    def hidden(self) -> list[str]:
        """What no message and no log may show."""
        return [] if self.kind == "sqlite" else list(_credentials(urlsplit(self.at)))

    def shelf(self) -> Shelf:
        """The store, where it is one that others can look into; `ValueError`, worded for people, where it is not."""
        match self.kind:
            case "sqlite":
                from activities.cache.sqlite import Sqlite  # noqa: PLC0415  what is not used need not be there

                return Sqlite(Path(self.at))
            case "postgres":
                from activities.cache.postgres import Postgres  # noqa: PLC0415  an extra

                return Postgres(self.at)
            case "redis":
                from activities.cache.redis import Redis  # noqa: PLC0415  an extra

                return Redis(self.at)
        raise ValueError(f"what is kept in '{self.kind}' can be seen by its worker only; a cache that is shared is {_SHARED}")

    def store(self) -> Store | None:
        """The store; None where nothing is to be kept."""
        match self.kind:
            case "off":
                return None
            case "memory":
                return Memory()
        return self.shelf()


MEMORY = Place("memory")


def parse(text: str) -> Place:
    """The place that a text names; `ValueError`, worded for people, for what is none, and where an extra is missing."""
    if text in {"memory", "off"}:
        return Place(text)
    scheme, _, rest = text.partition(":")
    if scheme == "sqlite" and rest and not rest.startswith("//"):
        return Place("sqlite", str(Path(rest).expanduser().absolute()))
    if scheme not in _SERVERS:
        raise ValueError(f"a place of results is memory, off, {_SHARED}")
    extra = _SERVERS[scheme]
    _check(text, extra)
    if find_spec(_MODULES[extra]) is None:
        raise ValueError(f"a cache at {scheme}:// needs the extra '{extra}': pip install 'swtemporal[{extra}]'")
    return Place(extra, text)


def _check(text: str, kind: str) -> None:
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
        parts = urlsplit("")
    # A character that ends the host too early would have the rest of a password taken for something that may be shown.
    if not whole or "@" in parts.path or parts.fragment:
        raise ValueError(
            "the cache's address cannot be read; special characters in names and passwords are written as %XX, such as %2F for /"
        )
    if kind == "redis" and not (parts.path.strip("/").isdigit() or parts.path in {"", "/"}):
        raise ValueError("the path of a Redis address is the number of a database, such as redis://localhost/0")


def _credentials(parts: SplitResult) -> Iterator[str]:
    for one in (parts.password, *(value for name, value in parse_qsl(parts.query) if name in _HIDDEN)):
        if one:
            yield from (one, unquote(one))
