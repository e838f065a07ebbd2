"""What a document may have this worker do: whoever can start a run must not own the worker.

A policy is a list of rules; a document has what the rules grant together that match its task queue and its hash (a name in a
document proves nothing), and what its run carries beside it: that comes from whoever started the run, and no hash of the document covers
it. What no rule grants is refused with an `authorization` fault that names what a rule would have to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import PurePosixPath
from typing import Literal, NoReturn, TypeAlias, get_args

from interpreter.faults import fault
from interpreter.values import Json

Address: TypeAlias = IPv4Address | IPv6Address

PUBLIC = "public"
"""As a host: every address that is reachable from everywhere; neither loopback nor private nor link-local."""

ANY = "*"

_NAT64 = IPv6Network("64:ff9b::/96")
_NAME = re.compile(r"[\w.-]+|[0-9a-fA-F:.]+(%\w+)?")
"""A name or an address. What else a library may take for a host (lists, `dns://…`, `user@…`) leads elsewhere than a pattern says."""

HARMLESS = ("call.*", "asyncapi.*", "emit", "resource.fetch", "secrets.read")
"""Kinds that a worker does for everybody unless its policy says otherwise; all others reach into the worker or beside it."""

_TOLD = 3
"""How many of the texts that a run should not carry a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is granted to whom; patterns as of a shell (`*`, `?`), an empty member grants nothing.

    `carries` are hashes of what runs of the named documents may carry beside them, or `*`. `hosts` are names (`*.example.com`), addresses,
    networks (`10.0.0.0/8`), each with `:PORT` or without, or `public`. `volumes` are folders of the machine; what lies beneath is granted with them.
    `environment` are the variables that commands may be given.
    """

    queues: tuple[str, ...] = (ANY,)
    documents: tuple[str, ...] = (ANY,)
    carries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()

    def matches(self, queue: str, document: str | None) -> bool:
        """Whether it is about a document on a task queue; `None` is a document nobody can name."""
        return _fits(self.queues, queue) and (ANY in self.documents or document in self.documents)

    def unnamed(self, carried: Iterable[str]) -> tuple[str, ...]:
        """Hashes of what a run carries and the rule does not name. A rule for every document has no need to: there is nothing to forge."""
        if ANY in self.documents or ANY in self.carries:
            return ()
        return tuple(one for one in carried if one not in self.documents and one not in self.carries)


Member: TypeAlias = Literal["kinds", "hosts", "secrets", "images", "volumes", "commands", "environment"]


def _given(rules: Iterable[Rule], member: Member) -> list[str]:
    return [pattern for rule in rules for pattern in getattr(rule, member)]


def _fits(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _beneath(granted: Sequence[str], folder: str) -> bool:
    path = PurePosixPath(folder)
    sound = path.is_absolute() and ".." not in path.parts
    return ANY in granted or (sound and any(PurePosixPath(one) in (path, *path.parents) for one in granted))


@dataclass(frozen=True, slots=True)
class Grant:
    """What one document may do on one task queue, and within functions that stand elsewhere: what their texts may, too.

    `functions` are their hashes, each with the rules for it; `unnamed` are hashes of what the run carries, for which rules about the document do not hold.
    """

    rules: tuple[Rule, ...]
    functions: tuple[tuple[str, tuple[Rule, ...]], ...] = ()
    unnamed: tuple[str, ...] = ()

    def as_json(self) -> Json:
        """What is granted, whoever it is granted to: the same for all who may do the same."""
        every = (self.rules, *(rules for _, rules in self.functions))
        return [{member: sorted(set(_given(rules, member))) for member in get_args(Member)} for rules in every]

    def kind(self, name: str) -> None:
        """Refuse a kind of effect, or of function, that is not granted."""
        self._check("kinds", name, f"a task of the kind {name!r}")

    def secret(self, name: str) -> None:
        """Refuse a secret that is not granted."""
        self._check("secrets", name, f"the secret {name!r}")

    def image(self, name: str) -> None:
        """Refuse a container image that is not granted."""
        self._check("images", name, f"the image {name!r}")

    def command(self, name: str) -> None:
        """Refuse a command (its first word, or the path of its program) that is not granted."""
        self._check("commands", name, f"the command {name!r}")

    def variables(self, given: Iterable[str] | None) -> None:
        """Refuse environment variables that are not granted: many a one says what a program loads and runs."""
        for name in given or ():
            self._check("environment", name, f"the environment variable {name!r}")

    def volume(self, folder: str) -> None:
        """Refuse a folder of the machine that is neither granted nor beneath one that is; so is a path with `..`, or a relative one."""
        self._check("volumes", folder, f"the folder {folder!r}", _beneath)

    def host(self, name: str, port: int, addresses: Iterable[str]) -> None:
        """Refuse a peer whose name is not granted, unless all of its addresses are."""
        if self.names(name, port):
            return
        for text in addresses:
            if not self.reaches(text, port):
                self._refuse("hosts", name, f"{name}:{port} ({text})" if text != name else f"{name}:{port}")

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
        for pattern in _given(self.rules, "hosts"):
            bare, only = split_port(pattern)
            if only is None or only == port:
                yield bare

    def _check(self, member: Member, name: str, what: str, granted: Callable[[Sequence[str], str], bool] = _fits) -> None:
        others = ((f"the function it stands in (hash {digest})", rules) for digest, rules in self.functions)
        for who, rules in (("this document", self.rules), *others):
            if not granted(_given(rules, member), name):
                self._refuse(member, name, what, who)

    def _refuse(self, member: Member, name: str, what: str, who: str = "this document") -> NoReturn:
        other = " (or the worker's --allow)" if member == "hosts" else ""
        why = f"no rule for {who} has {name!r} under '{member}'{other}"
        if self.unnamed:
            carried = ", ".join(self.unnamed)
            why += (
                f"; rules that name this document do not hold for this run, which carries what they do not name under 'carries': {carried}"
            )
        raise fault("authorization", f"this worker's policy does not grant {what}: {why}")


_CALLS = Rule(kinds=HARMLESS, hosts=(ANY,), secrets=(ANY,))
"""What any function may do as far as its caller may."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a worker."""

    rules: tuple[Rule, ...]

    def grant(self, queue: str, document: str | None, functions: Iterable[str] = (), carried: Iterable[str] = ()) -> Grant:
        """What a document, by its hash, may do on a task queue, in functions with these hashes, in a run that carries texts with these.

        Every function may make calls as its caller may; the rest has to be granted to its own text: who allowed a document to run a
        script did not allow it to run whatever stands in a catalog today.
        """
        found, brought = self._matching(queue, document), tuple(carried)
        unnamed = dict.fromkeys(one for rule in found for one in rule.unnamed(brought))
        called = tuple((one, (*self._matching(queue, one), _CALLS)) for one in functions)
        return Grant(tuple(rule for rule in found if not rule.unnamed(brought)), called, tuple(unnamed)[:_TOLD])

    def _matching(self, queue: str, document: str | None) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.matches(queue, document))


def everything(*, documents: Iterable[str] = (ANY,)) -> Rule:
    """The rule that grants all there is to these documents."""
    return Rule(documents=tuple(documents), **dict.fromkeys(get_args(Member), (ANY,)))


def harmless(hosts: Iterable[str] = ()) -> Rule:
    """What a worker without a policy does for everybody: no dangerous kind, public addresses and those named beside them."""
    return Rule(kinds=HARMLESS, hosts=(PUBLIC, *hosts), secrets=(ANY,))


def split_port(pattern: str) -> tuple[str, int | None]:
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
