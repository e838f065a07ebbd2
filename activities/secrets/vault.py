"""Secrets in HashiCorp Vault, or in what speaks its HTTP API: a key/value engine of version 2.

API: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from activities.http.client import Answer, Http, Request
from activities.http.content import decoded, excerpt
from activities.kept import Kept, Made
from activities.redact import Redaction
from interpreter.defaults import EXCHANGE_TIMEOUT
from interpreter.faults import Fault, fault
from interpreter.values import Json, encode

KEPT_SECONDS = 30.0
"""How long a secret is used before Vault is asked again."""

_MOST = 1_000
_EARLY = 30.0
"""Seconds before its end that a token of our own is replaced."""

MOUNT, LOGIN = "secret", "kubernetes"
"""Where Vault has its key/value engine and its Kubernetes authentication, unless told otherwise."""

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")

_SCALAR = "value"
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the secrets are, and how the worker proves itself: by a token, a file that holds one, or a role of Kubernetes authentication."""

    url: str
    mount: str = MOUNT
    path: str = ""
    namespace: str | None = None
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    role: str | None = None
    login: str = LOGIN
    jwt_file: Path = SERVICE_ACCOUNT


class Vault:
    """The members of an entry are those of the secret; an entry whose only member is `value` is that value."""

    def __init__(self, address: Address, http: Http) -> None:
        self._address = address
        self._http = http
        self._found: Kept[object] = Kept(_MOST)
        self._logins: Kept[str] = Kept(1)

    async def find(self, name: str) -> Json:
        """The newest version of the entry, None where there is none; kept for half a minute.

        Faults: `communication` where Vault does not answer or cannot, `authorization` (403) where it refuses.
        """
        if any(part in {"", ".", ".."} for part in name.split("/")):
            return None
        found = await self._found.value(name, lambda: self._read(name))
        return None if found is _ABSENT else found

    def cure(self, name: str) -> str:
        """Where to write."""
        return f"write it to {self._address.mount}/{self._address.path}{name} in Vault"

    async def _read(self, name: str) -> Made[object]:
        address = self._address
        path = f"{quote(address.mount)}/data/{quote(address.path)}{quote(name)}"
        token = await self._token()
        answer = await self._ask("GET", path, token)
        if answer.status == HTTPStatus.FORBIDDEN and address.role is not None:
            self._logins.drop(address.role, token)
            answer = await self._ask("GET", path, await self._token())
        if answer.status == HTTPStatus.NOT_FOUND and not _member(_content(answer), "errors"):
            return Made(_ABSENT, 0)
        if not answer.accepted:
            raise self._refusal(answer, f"to give the secret {name!r}", token)
        entry = _member(_member(_content(answer), "data"), "data")
        if not isinstance(entry, dict):
            raise fault(
                "communication", f"Vault at {address.url} answers no entry of a key/value engine of version 2 for the secret {name!r}"
            )
        return Made(entry[_SCALAR] if entry.keys() == {_SCALAR} else entry, KEPT_SECONDS)

    async def _token(self) -> str:
        if self._address.role is not None:
            return await self._logins.value(self._address.role, self._logged_in)
        if self._address.token_file is not None:
            return await asyncio.to_thread(_read, self._address.token_file)
        return self._address.token or ""

    async def _logged_in(self) -> Made[str]:
        address = self._address
        jwt = await asyncio.to_thread(_read, address.jwt_file)
        answer = await self._ask("POST", f"auth/{quote(address.login)}/login", None, {"role": address.role, "jwt": jwt})
        if not answer.accepted:
            raise self._refusal(answer, f"the role {address.role!r}", jwt)
        auth = _member(_content(answer), "auth")
        token, lease = _member(auth, "client_token"), _member(auth, "lease_duration")
        if not isinstance(token, str):
            raise fault("communication", f"Vault at {address.url} answers a login without a token")
        return Made(token, lease - _EARLY if isinstance(lease, int) else 0)

    async def _ask(self, method: str, path: str, token: str | None, body: Json = None) -> Answer:
        address = self._address
        headers = [("X-Vault-Request", "true")]
        if token is not None:
            headers.append(("X-Vault-Token", token))
        if address.namespace is not None:
            headers.append(("X-Vault-Namespace", address.namespace))
        outgoing = Request(
            method=method,
            uri=f"{address.url}/v1/{path}",
            shown=f"{address.url} (Vault)",
            headers=headers,
            body=None if body is None else encode(body).encode(),
        )
        return await self._http.exchange(outgoing, within=EXCHANGE_TIMEOUT / 1000)

    def _refusal(self, answer: Answer, what: str, *secrets: str) -> Fault:
        redaction = Redaction()
        redaction.hide(list(secrets))
        said = excerpt(answer.body, answer.content_type, redaction)
        if answer.status in {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED, HTTPStatus.BAD_REQUEST}:
            return fault("authorization", f"Vault at {self._address.url} refuses the worker {what}: {said}")
        return fault("communication", f"Vault at {self._address.url}: {said}", status=answer.status, title=answer.phrase)


def _content(answer: Answer) -> Json:
    """The body's value, whatever media type it says."""
    return decoded(answer.body, "application/json")


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise fault("configuration", f"the worker cannot read what it shows to Vault: {error.strerror}") from None
