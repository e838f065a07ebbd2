"""The places of secrets as an operator writes them: `env`, `dir:PATH`, `vault:URL#MOUNT`.

For Vault: `vault:https://vault:8200?path=flows&role=worker#kv`. `path` stands before each secret's name, `namespace` is
Vault's own. The worker proves itself by `VAULT_TOKEN` in its environment, by `token=FILE`, or by `role` (of the Kubernetes
authentication that is mounted at `login`, with the service account's token in the file `jwt`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from activities.http.client import Http
from activities.secrets.environment import Environment
from activities.secrets.folder import Folder
from activities.secrets.secrets import Provider
from activities.secrets.vault import LOGIN, MOUNT, SERVICE_ACCOUNT, Address, Vault

ENVIRONMENT = "env"
_PARAMETERS = {"path", "namespace", "token", "role", "login", "jwt"}

Place = str | Path | Address
"""The environment (`env`), a folder, or Vault."""


def parse(texts: Iterable[str], environment: Mapping[str, str]) -> tuple[Place, ...]:
    """The places, in the order in which they are asked; `ValueError`, worded for people, for what is none."""
    return tuple(_parsed(text, environment) for text in texts) or (ENVIRONMENT,)


def providers(places: Iterable[Place], environment: Mapping[str, str], http: Http) -> tuple[Provider, ...]:
    """What reads secrets in these places."""
    return tuple(_provider(place, environment, http) for place in places)


def _provider(place: Place, environment: Mapping[str, str], http: Http) -> Provider:
    match place:
        case Path():
            return Folder(place)
        case Address():
            return Vault(place, http)
        case _:
            return Environment(environment)


def _parsed(text: str, environment: Mapping[str, str]) -> Place:
    kind, _, rest = text.partition(":")
    match kind:
        case "env" if not rest:
            return ENVIRONMENT
        case "dir" if rest:
            if not Path(rest).is_dir():
                raise ValueError(f"{text!r}: there is no folder {rest!r}")
            return Path(rest)
        case "vault" if rest:
            return _vault(text, rest, environment)
    raise ValueError(f"{text!r} is no place for secrets; write env, dir:PATH or vault:URL#MOUNT")


def _vault(text: str, rest: str, environment: Mapping[str, str]) -> Address:
    parts = urlsplit(rest)
    given = dict(parse_qsl(parts.query))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError(f"{text!r}: Vault needs an address, such as vault:https://vault:8200#secret")
    unknown = given.keys() - _PARAMETERS
    if unknown:
        raise ValueError(f"{text!r}: {', '.join(sorted(unknown))} is not known; {', '.join(sorted(_PARAMETERS))} are")
    token = environment.get("VAULT_TOKEN")
    if not (token or given.get("token") or given.get("role")):
        raise ValueError(
            f"{text!r}: how the worker proves itself is missing; set VAULT_TOKEN, or add ?role=ROLE or ?token=FILE before the #"
        )
    path = given.get("path", "").strip("/")
    return Address(
        url=f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}",
        mount=parts.fragment.strip("/") or MOUNT,
        path=f"{path}/" if path else "",
        namespace=given.get("namespace") or environment.get("VAULT_NAMESPACE"),
        token=token,
        token_file=Path(given["token"]) if "token" in given else None,
        role=given.get("role"),
        login=given.get("login", LOGIN),
        jwt_file=Path(given["jwt"]) if "jwt" in given else SERVICE_ACCOUNT,
    )
