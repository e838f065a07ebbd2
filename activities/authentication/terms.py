"""On which terms a token is asked for: the properties of `oauth2` and `oidc`, checked.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#oauth2-authentication
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from interpreter.defaults import CLIENT_AUTHENTICATIONS, GRANTS
from interpreter.faults import Fault, fault
from interpreter.values import Json, kind_of

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BASIC, POST, SECRET_JWT, KEY_JWT, NONE = "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"

_DISCOVERY = "/.well-known/openid-configuration"


class Subject(NamedTuple):
    """A token that stands for somebody, and its type as RFC 8693 names it."""

    token: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks; `method` is the client authentication's."""

    id: str | None
    secret: str | None = field(repr=False)
    assertion: str | None = field(repr=False)
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All a token request is made of. `authority` is without a slash at its end and without the path of discovery."""

    authority: str
    token_endpoint: str
    introspection_endpoint: str
    """Paths below the authority; OpenID Connect discovers its own."""
    grant: str
    client: Client
    encoding: str
    issuers: tuple[str, ...]
    scopes: tuple[str, ...]
    audiences: tuple[str, ...]
    username: str | None
    password: str | None = field(repr=False)
    subject: Subject | None = field(repr=False)
    actor: Subject | None = field(repr=False)

    @property
    def credentials(self) -> list[str]:
        """What nobody may see."""
        tokens = [one.token for one in (self.subject, self.actor) if one is not None]
        return [one for one in (self.client.secret, self.client.assertion, self.password, *tokens) if one]


def terms(properties: Json, where: str) -> Terms:
    """The terms in a policy's properties, or in the secret that holds them; `where` names that for people.

    An `authentication` fault (401) that names what is missing or wrong, without its value.
    """
    read = _Reading(properties, where)
    client, endpoints = read.inner("client"), read.inner("endpoints")
    found = Terms(
        authority=read.needed("authority").rstrip("/").removesuffix(_DISCOVERY).rstrip("/"),
        token_endpoint=endpoints.text("token") or "/oauth2/token",
        introspection_endpoint=endpoints.text("introspection") or "/oauth2/introspect",
        grant=read.needed("grant"),
        client=Client(
            id=client.text("id"),
            secret=client.text("secret"),
            assertion=client.text("assertion"),
            method=client.text("authentication") or (POST if client.given else NONE),
        ),
        encoding=read.inner("request").text("encoding") or FORM,
        issuers=read.texts("issuers"),
        scopes=read.texts("scopes"),
        audiences=read.texts("audiences"),
        username=read.text("username"),
        password=read.text("password"),
        subject=_subject(read.inner("subject")),
        actor=_subject(read.inner("actor")),
    )
    for trouble in _troubles(found):
        raise read.wrong(trouble)
    return found


def _troubles(found: Terms) -> Iterator[str]:
    if found.grant == "authorization_code":
        yield "has the grant 'authorization_code', for which somebody has to sign in; a workflow cannot"
    elif found.grant not in GRANTS:
        yield f"has a grant that is not known; {', '.join(GRANTS)} are"
    for name in GRANTS.get(found.grant, ()):
        if getattr(found, name) is None:
            yield f"needs {name!r} for the grant {found.grant!r}"
    client = found.client
    if client.method not in CLIENT_AUTHENTICATIONS:
        yield "has a 'client.authentication' that is not known"
    for name in CLIENT_AUTHENTICATIONS.get(client.method, ()):
        if getattr(client, name) is None:
            yield f"needs 'client.{name}' for {client.method!r}"
    if found.encoding not in {FORM, JSON}:
        yield "has a 'request.encoding' that is not known"


def _subject(read: _Reading) -> Subject | None:
    return Subject(read.needed("token"), read.needed("type")) if read.given else None


class _Reading:
    """An object whose members are texts, lists of these, and such objects."""

    def __init__(self, value: Json, where: str, path: str = "") -> None:
        self.where = where
        self.given = value is not None
        self._path = path
        if value is not None and not isinstance(value, dict):
            raise self.wrong(f"has {path[:-1]!r} as {kind_of(value)}" if path else f"must be an object, not {kind_of(value)}")
        self._members = value or {}

    def wrong(self, what: str) -> Fault:
        return fault("authentication", f"{self.where} {what}")

    def text(self, name: str) -> str | None:
        found = self._members.get(name)
        if found is not None and not isinstance(found, str):
            raise self.wrong(f"must have '{self._path}{name}' as a text; it is {kind_of(found)}")
        return found

    def needed(self, name: str) -> str:
        found = self.text(name)
        if found is None:
            raise self.wrong(f"needs '{self._path}{name}'")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        found = self._members.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.wrong(f"must have '{self._path}{name}' as a list of texts")
        return tuple(found)

    def inner(self, name: str) -> _Reading:
        return _Reading(self._members.get(name), self.where, f"{self._path}{name}.")
