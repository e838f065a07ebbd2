"""How a client shows the authority who it is.

Spec: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
"""

from __future__ import annotations

import json
import time
import uuid
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote_plus

from activities.authentication.terms import BASIC, KEY_JWT, POST, SECRET_JWT, Client
from activities.extras import missing
from interpreter.faults import fault
from interpreter.values import Json

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_SECONDS = 60
"""How long an assertion made here holds."""

_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


class Proof(NamedTuple):
    """What a client adds to a request for a token: members of its body, and the credentials in its header."""

    members: dict[str, Json]
    header: str | None = None


def proof(client: Client, audience: str) -> Proof:
    """The proof that `client.authentication` asks for; an assertion made here is for `audience`.

    Faults: `configuration` where an extra is missing, `authentication` for an assertion that is neither a JWT nor a private key.
    """
    named: dict[str, Json] = {} if client.id is None else {"client_id": client.id}
    if client.method == BASIC:
        # RFC 6749, 2.3.1: each is encoded as in a form before they are joined.
        pair = f"{quote_plus(client.id or '')}:{quote_plus(client.secret or '')}"
        return Proof({}, "Basic " + b64encode(pair.encode()).decode("ascii"))
    if client.method == POST:
        # A public client has none.
        return Proof(named if client.secret is None else {**named, "client_secret": client.secret})
    if client.method in {SECRET_JWT, KEY_JWT}:
        return Proof({**named, "client_assertion_type": ASSERTION_TYPE, "client_assertion": _assertion(client, audience)})
    return Proof(named)


def _assertion(client: Client, audience: str) -> str:
    """A JWT: signed by the client's secret or private key, or the one that the document has."""
    given = client.assertion or ""
    if client.method == KEY_JWT and not given.startswith(("-----BEGIN", "{")):
        return given
    try:
        from joserfc import jwt  # noqa: PLC0415  an extra
        from joserfc.jwk import ECKey, OctKey  # noqa: PLC0415
    except ImportError:
        raise missing(f"client.authentication: {client.method}", "oauth") from None
    now = int(time.time())
    claims = {"iss": client.id, "sub": client.id, "aud": audience, "jti": str(uuid.uuid4()), "iat": now, "exp": now + _SECONDS}
    if client.method == SECRET_JWT:
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(client.secret or ""))
    key = _private_key(given)
    algorithm = key.get("alg") or (_CURVES.get(key.curve_name, "ES256") if isinstance(key, ECKey) else "RS256")
    header = {"alg": str(algorithm)} | ({"kid": key.kid} if key.kid else {})
    return jwt.encode(header, claims, key, algorithms=[str(algorithm)])


def _private_key(text: str) -> RSAKey | ECKey:
    """An RSA or EC key, as PEM or as JWK."""
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415

    for kind in (RSAKey, ECKey):
        try:
            key = kind.import_key(json.loads(text) if text.startswith("{") else text)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if key.is_private:
            return key
    raise fault(
        "authentication",
        "'client.assertion' is neither a JWT nor the private key, RSA or EC, that signs one (PEM without password, or JWK)",
    )
