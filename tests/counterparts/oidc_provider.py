"""An OpenID Connect provider that others wrote (npm's oidc-provider), with clients for each way of authentication."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from tests.canaries import token
from tests.counterparts.serving import TOOLS, Serving

HERE = Path(__file__).parent / "oidc"
INSTALLED = TOOLS / "oidc"
SECRET = token("client-of-oidc-0123456789")
USERS = {"ada": token("user-of-oidc")}
_PATIENCE = 60

_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt")


@dataclass(frozen=True)
class Running:
    """Where it is; `clients` has the `client` of a policy by its authentication, `none` among them."""

    origin: str
    clients: dict[str, dict[str, str]]

    def minted(self, client: str) -> dict[str, str]:
        """New tokens of ada's, `refresh` and `access`, as if she had signed in."""
        return dict(self._asked(f"/minted?client={client}"))

    def withdraw(self) -> None:
        """End every token that has opened the resource so far."""
        self._asked("/withdraw", "POST")

    def _asked(self, path: str, method: str = "GET") -> Any:
        with urllib.request.urlopen(urllib.request.Request(self.origin + path, method=method), timeout=_PATIENCE) as answer:
            return json.load(answer)


def lacking() -> str | None:
    """What is missing here; None where there is everything."""
    if shutil.which("node") is None:
        return "there is no node"
    return None if (INSTALLED / "node_modules" / "oidc-provider").is_dir() else "there is no oidc-provider: make counterparts"


def served(folder: Path, *others: dict[str, str], **more: Any) -> tuple[Serving, dict[str, dict[str, str]]]:
    """A provider, and its clients as policies name them; `others` are further clients, `more` what else `oidc/provider.mjs` is told."""
    key = ECKey.generate_key("P-256", parameters={"kid": "k1", "alg": "ES256", "use": "sig"})
    clients = {method: {"id": f"by_{method}", "secret": SECRET, "authentication": method} for method in METHODS}
    clients["private_key_jwt"] = {
        "id": "by_private_key_jwt",
        "assertion": key.as_pem(private=True).decode(),
        "authentication": "private_key_jwt",
    }
    clients["none"] = {"id": "by_none", "authentication": "none"}
    given = {"clients": [_registered(one, key) for one in (*clients.values(), *others)], "users": USERS, **more}
    file = folder / "given.json"
    file.write_text(json.dumps(given))
    return Serving(lambda port, _: ["node", str(HERE / "provider.mjs"), str(INSTALLED), str(port), str(file)], folder), clients


@contextmanager
def provider(folder: Path, *others: dict[str, str], **more: Any) -> Iterator[Running]:
    """A provider of its own, gone afterwards; see `served`."""
    serving, clients = served(folder, *others, **more)
    with serving:
        yield Running(f"http://127.0.0.1:{serving.port}", clients)


def _registered(client: dict[str, str], key: ECKey) -> dict[str, Any]:
    """A client as the provider wants it; a public one cannot have a token of its own."""
    method = client["authentication"]
    grants = ["password", _EXCHANGE, "refresh_token", "authorization_code", *(["client_credentials"] if method != "none" else [])]
    found: dict[str, Any] = {
        "client_id": client["id"],
        "token_endpoint_auth_method": method,
        "grant_types": grants,
        "response_types": ["code"],
        "redirect_uris": ["http://127.0.0.1/never"],
    }
    if "secret" in client:
        found["client_secret"] = client["secret"]
    if method == "client_secret_jwt":
        found["token_endpoint_auth_signing_alg"] = "HS256"
    if method == "private_key_jwt":
        found |= {"token_endpoint_auth_signing_alg": "ES256", "jwks": {"keys": [key.as_dict(private=False)]}}
    return found
