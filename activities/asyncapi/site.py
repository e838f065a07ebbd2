"""Where the messages of a call go or come from: what an AsyncAPI document says of it, with nothing left to look up."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from activities.authentication import Authorization
from activities.granted import permit
from activities.http.certificates import Certificate, trust
from activities.http.client import Http
from activities.http.origins import mapped
from activities.redact import Redaction
from interpreter.faults import Fault, fault
from interpreter.values import Json, kind_of


class Credentials(NamedTuple):
    """What a broker is shown: a user with a password, or a token."""

    username: str | None = None
    password: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A channel at a server, and how it is spoken to."""

    protocol: str
    """`http`, `ws`, `kafka`, `nats`, `amqp`, `mqtt`, `mqtt5` or `redis`."""
    secure: bool
    host: str
    peer: str
    """What is connected to: the host, or the address of it that was looked at."""
    port: int
    path: str
    """Of the server, before every address: empty, or with a slash in front."""
    address: str
    """Of the channel: a topic, a subject, a queue, a path."""
    wild: bool
    """Whether the address has wildcards in the place of parameters."""
    options: tuple[Mapping[str, Json], ...]
    """What the bindings of this protocol say: of the message, the operation, the channel, the server."""
    content_type: str
    correlation: str | None
    """Where a message has its correlation id: `$message.header#/…` or `$message.payload#/…`."""
    schemes: tuple[str, ...]
    """The kinds of security that the server asks for, such as `scramSha256`."""
    authorization: Authorization | None
    certificate: Certificate | None
    """What is shown to a server that asks for a certificate."""
    redaction: Redaction
    key: str
    """The idempotency key of the call: of a message, or the name of a subscription."""
    within: float
    """Seconds that one exchange with the server may take."""
    http: Http
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The site, for people; user information and parameters of an address are not part of it."""
        return f"{self.protocol}://{self.netloc}{self.path}"

    @property
    def credentials(self) -> Credentials:
        """The credentials as brokers want them; a `configuration` fault for a scheme that only HTTP has."""
        if self.authorization is None:
            return Credentials()
        match self.authorization.scheme:
            case "Basic":
                username, _, password = b64decode(self.authorization.parameter).decode().partition(":")
                return Credentials(username=username, password=password)
            case "Bearer":
                return Credentials(token=self.authorization.parameter)
        raise fault(
            "configuration", f"{self.protocol} knows no authentication by {self.authorization.scheme}; basic and bearer are understood"
        )

    async def tls(self) -> ssl.SSLContext | None:
        """How TLS is spoken with the server; None where it is not."""
        return await asyncio.to_thread(trust, self.certificate) if self.secure else None

    def url(self, scheme: str, *, path: bool = False) -> str:
        """The server as a URL, with its path and the channel's address behind it where they are one."""
        place = f"{self.path}/{self.address.lstrip('/')}" if path else ""
        return f"{scheme}{'s' if self.secure else ''}://{self.netloc}{place}"

    def option(self, name: str, default: Json = None) -> Json:
        """What the document's bindings say under a name; the message's word counts before the operation's, the channel's and the server's."""
        return next((options[name] for options in self.options if name in options), default)

    def text(self, name: str, default: str | None = None) -> str | None:
        """The same for a text; where the document has a schema, that is the one value it allows."""
        found = self.option(name, default)
        if isinstance(found, dict):
            found = next((found[word] for word in ("const", "default") if word in found), (found.get("enum") or [default])[0])
        if found is not None and not isinstance(found, str):
            raise self.misfit(f"the binding's {name!r} must be a text, not {kind_of(found)}")
        return found

    def number(self, name: str, default: int) -> int:
        """The same for a whole number."""
        found = self.option(name, default)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self.misfit(f"the binding's {name!r} must be a whole number, not {kind_of(found)}")
        return found

    def misfit(self, what: str) -> Fault:
        """A `configuration` fault about what the document asks for."""
        return fault("configuration", f"{self.shown}: {what}", title="AsyncAPI document not usable")

    @property
    def netloc(self) -> str:
        """Host and port, as they stand in a URL."""
        return _joined(self.host, self.port)

    @property
    def meeting(self) -> str:
        """The same of what is connected to."""
        return _joined(self.peer, self.port)

    @property
    def web(self) -> str:
        """Server, path and address as an HTTP URL, or what stands in for its origin; for protocols that begin as HTTP."""
        return mapped(self.url("http", path=True), self.origins)

    async def looked_at(self) -> Site:
        """The site with its peer checked against what the document may reach; without TLS the address that was checked is connected to.

        What stands in for others is the operator's choice, and HTTP looks for itself, at every connection.
        """
        if self.protocol == "http" or (self.protocol == "ws" and self.web != self.url("http", path=True)):
            return self
        return replace(self, peer=await permitted(self.host, self.port, secure=self.secure))


async def permitted(host: str, port: int, *, secure: bool) -> str:
    """The host, or where only its addresses can be granted the first of them; `authorization` faults as of the policy."""
    found = await permit(host, port)
    return host if secure else found[0]


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
