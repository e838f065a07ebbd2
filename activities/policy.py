"""What a document may have this worker do: whoever can start a run must not own the worker.

A policy is a list of rules; a document has what the rules grant together that match its task queue and its hash (a name in a
document proves nothing). What no rule grants is refused with an `authorization` fault that names what a rule would have to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import PurePosixPath
from typing import Literal, NoReturn, TypeAlias

from interpreter.faults import fault

Address: TypeAlias = IPv4Address | IPv6Address

PUBLIC = "public"
"""As a host: every address that is reachable from everywhere; neither loopback nor private nor link-local."""

ANY = "*"

_NAT64 = IPv6Network("64:ff9b::/96")
_NAME = re.compile(r"[\w.-]+|[0-9a-fA-F:.]+(%\w+)?")
"""A name or an address. What else a library may take for a host (lists, `dns://…`, `user@…`) leads elsewhere than a pattern says."""

HARMLESS = ("call.*", "asyncapi.*", "emit", "resource.fetch", "secrets.read")
"""Kinds that a worker does for everybody unless its policy says otherwise; all others reach into the worker or beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is granted to whom; patterns as of a shell (`*`, `?`), an empty member grants nothing.

    `hosts` are names (`*.example.com`), addresses, networks (`10.0.0.0/8`), each with `:PORT` or without, or `public`.
    `volumes` are folders of the machine; what lies beneath is granted with them.
    """

    queues: tuple[str, ...] = (ANY,)
    documents: tuple[str, ...] = (ANY,)
    kinds: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    def matches(self, queue: str, document: str | None) -> bool:
        """Whether it is about a document on a task queue; `None` is a document nobody can name."""
        return _fits(self.queues, queue) and (self.documents == (ANY,) or document in self.documents)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one document may do on one task queue, and within functions that stand elsewhere: what their texts may, too."""

    rules: tuple[Rule, ...]
    functions: tuple[Grant, ...] = ()

    def kind(self, name: str) -> None:
        """Refuse a kind of effect, or of function, that is not granted."""
        self._check("kinds", name, f"a task of the kind {name!r}")
        for function in self.functions:
            function.kind(name)

    def secret(self, name: str) -> None:
        """Refuse a secret that is not granted."""
        self._check("secrets", name, f"the secret {name!r}")

    def image(self, name: str) -> None:
        """Refuse a container image that is not granted."""
        self._check("images", name, f"the image {name!r}")

    def command(self, name: str) -> None:
        """Refuse a command (its first word, or the path of its program) that is not granted."""
        self._check("commands", name, f"the command {name!r}")

    def volume(self, folder: str) -> None:
        """Refuse a folder of the machine that is neither granted nor beneath one that is; so is a path with `..`, or a relative one."""
        if ANY in self._granted("volumes"):
            return
        path = PurePosixPath(folder)
        if path.is_absolute() and ".." not in path.parts:
            for one in self._granted("volumes"):
                if path == PurePosixPath(one) or PurePosixPath(one) in path.parents:
                    return
        _refuse("volumes", folder, f"the folder {folder!r}")

    def host(self, name: str, port: int, addresses: Iterable[str]) -> None:
        """Refuse a peer whose name is not granted, unless all of its addresses are."""
        if self.names(name, port):
            return
        for text in addresses:
            if not self.reaches(text, port):
                _refuse("hosts", name, f"{name}:{port} ({text})" if text != name else f"{name}:{port}")

    def names(self, name: str, port: int) -> bool:
        """Whether a host is granted by its name, wherever that leads."""
        bare = name.strip("[]").rstrip(".").lower()
        return _NAME.fullmatch(bare) is not None and any(
            _fits((pattern.lower(),), bare) for pattern in self._hosts(port) if pattern != PUBLIC and "/" not in pattern
        )

    def reaches(self, address: str, port: int) -> bool:
        """Whether an address is granted, as itself or as one of a network or of the public ones."""
        found = _plain(ip_address(address.partition("%")[0]))
        return any(_covers(pattern, found) for pattern in self._hosts(port))

    def _hosts(self, port: int) -> Iterable[str]:
        for pattern in self._granted("hosts"):
            bare, only = _split(pattern)
            if only is None or only == port:
                yield bare

    def _check(self, member: Member, name: str, what: str) -> None:
        if not _fits(self._granted(member), name):
            _refuse(member, name, what)

    def _granted(self, member: Member) -> Sequence[str]:
        return [pattern for rule in self.rules for pattern in getattr(rule, member)]


Member: TypeAlias = Literal["kinds", "hosts", "secrets", "images", "volumes", "commands"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a worker."""

    rules: tuple[Rule, ...]

    def grant(self, queue: str, document: str | None, functions: Iterable[str] = ()) -> Grant:
        """What a document, by its hash, may do on a task queue, in functions with these hashes.

        Every function may do what is harmless; the rest has to be granted to its own text: who allowed a document to run a
        script did not allow it to run whatever stands in a catalog today.
        """
        called = tuple(Grant((*self._matching(queue, one), harmless())) for one in functions)
        return Grant(self._matching(queue, document), called)

    def _matching(self, queue: str, document: str | None) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.matches(queue, document))


def everything(*, documents: Iterable[str] = (ANY,)) -> Rule:
    """The rule that grants all there is to these documents."""
    return Rule(documents=tuple(documents), kinds=(ANY,), hosts=(ANY,), secrets=(ANY,), images=(ANY,), volumes=(ANY,), commands=(ANY,))


def harmless(hosts: Iterable[str] = ()) -> Rule:
    """What a worker without a policy does for everybody: no dangerous kind, public addresses and those named beside them."""
    return Rule(kinds=HARMLESS, hosts=(PUBLIC, *hosts), secrets=(ANY,))


def _fits(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _split(pattern: str) -> tuple[str, int | None]:
    """A host pattern and its port: `a.example:443`, `[::1]:80`, `::1`, `10.0.0.0/8:8080`."""
    head, colon, tail = pattern.rpartition(":")
    if colon and tail.isdigit() and (":" not in head or head.endswith("]")):
        return head.strip("[]"), int(tail)
    return pattern.strip("[]"), None


def _covers(pattern: str, address: Address) -> bool:
    if pattern == ANY:
        return True
    if pattern == PUBLIC:
        return address.is_global and not (address.is_multicast or address.is_reserved or getattr(address, "is_site_local", False))
    try:
        return address in ip_network(pattern, strict=False)
    except ValueError:
        return False


def _plain(address: Address) -> Address:
    """An IPv4 address that wears an IPv6 one is what it is."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _refuse(member: Member, name: str, what: str) -> NoReturn:
    other = " (or the worker's --allow)" if member == "hosts" else ""
    raise fault(
        "authorization", f"this worker's policy does not grant {what}: no rule for this document has {name!r} under '{member}'{other}"
    )
