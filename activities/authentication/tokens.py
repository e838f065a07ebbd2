"""Tokens of OAuth 2 and OpenID Connect: asked for once, used until they end.

Spec: https://www.rfc-editor.org/rfc/rfc6749, https://www.rfc-editor.org/rfc/rfc8693, https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

import json
import re
import time
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple
from urllib.parse import urlencode

from activities.authentication.authorization import Authorization
from activities.authentication.clients import Proof, proof
from activities.authentication.terms import JSON, Terms, terms
from activities.granted import granted
from activities.http.client import Answer, Http, Request
from activities.http.content import decoded, excerpt
from activities.kept import Kept, Made
from activities.redact import Redaction
from interpreter.defaults import EXCHANGE_TIMEOUT, TOKEN_EXCHANGE
from interpreter.faults import Fault, fault
from interpreter.values import Json, digest, encode

EARLY = 30.0
"""Seconds before its end that a token is replaced: it must hold until the call has arrived."""

UNTOLD = 300.0
"""Seconds for which a token is used whose end nobody tells."""

_TOKENS, _AUTHORITIES = 1_000, 100
_DISCOVERED_SECONDS = 600.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,100000}")
_USABLE = {"bearer", "n_a"}
"""Types of tokens that are sent as they are; RFC 8693 says N_A of what is no access token and may be one elsewhere."""


class _Endpoints(NamedTuple):
    """Where an authority answers, and whom an assertion is for."""

    token: str
    introspection: str | None
    audience: str


class Tokens:
    """The tokens of one worker, by everything that a request for one is made of, credentials included."""

    def __init__(self, http: Http, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._tokens: Kept[str] = Kept(_TOKENS, clock)
        self._authorities: Kept[_Endpoints] = Kept(_AUTHORITIES, clock)
        self._refreshing: OrderedDict[Hashable, str] = OrderedDict()

    async def authorization(self, scheme: str, properties: Json, where: str) -> Authorization:
        """A token that holds, of `oauth2` or `oidc`; `where` names the policy for people.

        Whatever stands in the way is an `authentication` fault (401), told without credentials.
        """
        asked = terms(properties, where)
        # Whoever may not ask the authority may not have what another got there.
        key = (digest(encode([scheme, properties])), granted())
        known = self._tokens.known(key)
        if known is not None:
            return Authorization("Bearer", known, lease=key)
        return Authorization("Bearer", await self._tokens.value(key, lambda: self._obtained(scheme, asked, key)))

    def refused(self, authorization: Authorization) -> bool:
        """Forget a token that a peer did not take; whether there may be a better one: not if it was obtained just now."""
        if authorization.lease is None:
            return False
        self._tokens.drop(authorization.lease, authorization.parameter)
        return True

    async def _obtained(self, scheme: str, asked: Terms, key: Hashable) -> Made[str]:
        try:
            found = await self._endpoints(scheme, asked)
            answer = await self._asked(asked, found, found.token, _members(asked, self._refreshing.get(key)))
            token = _access_token(answer, found.token)
            if asked.issuers:
                await self._check_issuer(asked, found, token)
        except Fault as error:
            if not error.problem.type.endswith("/communication"):
                raise
            # The authority is no peer of the task: that it cannot be asked means that there are no credentials.
            raise fault("authentication", f"there is no token: {error.problem.detail}", title="No token") from None
        if asked.grant == "refresh_token":
            self._remember(key, answer.get("refresh_token"))
        return Made(token, _seconds(answer, token) - EARLY)

    def _remember(self, key: Hashable, refresh_token: Json) -> None:
        """The newest refresh token: an authority may take each of them only once."""
        if isinstance(refresh_token, str):
            self._refreshing[key] = refresh_token
            self._refreshing.move_to_end(key)
            if len(self._refreshing) > _TOKENS:
                self._refreshing.popitem(last=False)

    async def _endpoints(self, scheme: str, asked: Terms) -> _Endpoints:
        if scheme == "oidc":
            return await self._authorities.value((asked.authority, asked.issuers, granted()), lambda: self._discovered(asked))
        token, introspection = (asked.authority + _rooted(path) for path in (asked.token_endpoint, asked.introspection_endpoint))
        return _Endpoints(token, introspection, audience=token)

    async def _discovered(self, asked: Terms) -> Made[_Endpoints]:
        uri = f"{asked.authority}/.well-known/openid-configuration"
        answer = await self._http.exchange(Request(method="GET", uri=uri, shown=uri), within=EXCHANGE_TIMEOUT / 1000)
        if not answer.accepted:
            raise _refusal(f"GET {uri}", answer, asked.credentials)
        found = _object(answer, uri)
        token, issuer, introspection = (found.get(name) for name in ("token_endpoint", "issuer", "introspection_endpoint"))
        if not isinstance(token, str) or not token.startswith(("https://", uri.partition("//")[0] + "//")):
            raise fault("authentication", f"{uri} names no token endpoint that can be used", title="No token")
        # OpenID Connect Discovery 4.3: who answers must be who was asked.
        if not isinstance(issuer, str) or issuer.rstrip("/") not in {one.rstrip("/") for one in asked.issuers or (asked.authority,)}:
            raise fault("authentication", f"{uri} is of another issuer than the policy allows", title="No token")
        return Made(_Endpoints(token, introspection if isinstance(introspection, str) else None, issuer), _DISCOVERED_SECONDS)

    async def _asked(self, asked: Terms, found: _Endpoints, uri: str, members: dict[str, Json]) -> dict[str, Json]:
        """The object that an endpoint answers to a client."""
        shown = proof(asked.client, found.audience)
        outgoing = _request(uri, asked.encoding, members, shown)
        answer = await self._http.exchange(outgoing, within=EXCHANGE_TIMEOUT / 1000)
        if not answer.accepted:
            derived = [text for text in (shown.header, shown.members.get("client_assertion")) if isinstance(text, str)]
            held = [value for name, value in members.items() if name in {"refresh_token", "token"}]
            raise _refusal(f"POST {uri}", answer, [*asked.credentials, *derived, *held])
        return _object(answer, uri)

    async def _check_issuer(self, asked: Terms, found: _Endpoints, token: str) -> None:
        """Whether the policy takes tokens of this issuer: by the token itself, or where nobody else can read it by asking the authority."""
        claims = _claims(token)
        if claims is None and found.introspection is not None:
            claims = await self._asked(asked, found, found.introspection, {"token": token})
        if (claims or {}).get("iss") not in asked.issuers:
            raise fault("authentication", f"the token from {found.token} is of another issuer than the policy allows", title="No token")


def _members(asked: Terms, refresh_token: str | None) -> dict[str, Json]:
    """The body of a token request without the client."""
    members: dict[str, Json] = {"grant_type": asked.grant}
    if asked.scopes:
        members["scope"] = " ".join(asked.scopes)
    if asked.audiences:
        members["audience"] = list(asked.audiences) if len(asked.audiences) > 1 else asked.audiences[0]
    match asked.grant:
        case "password":
            members |= {"username": asked.username, "password": asked.password}
        case "refresh_token" if asked.subject is not None:
            members["refresh_token"] = refresh_token or asked.subject.token
        case _ if asked.grant == TOKEN_EXCHANGE and asked.subject is not None:
            members |= {"subject_token": asked.subject.token, "subject_token_type": asked.subject.type}
            if asked.actor is not None:
                members |= {"actor_token": asked.actor.token, "actor_token_type": asked.actor.type}
    return members


def _request(uri: str, encoding: str, members: dict[str, Json], shown: Proof) -> Request:
    content = {**members, **shown.members}
    body = encode(content) if encoding == JSON else urlencode(content, doseq=True)
    headers = [("Content-Type", encoding), ("Accept", JSON)]
    if shown.header is not None:
        headers.append(("Authorization", shown.header))
    return Request(method="POST", uri=uri, shown=uri, headers=headers, body=body.encode())


def _access_token(answer: dict[str, Json], uri: str) -> str:
    token, kind = answer.get("access_token"), answer.get("token_type", "Bearer")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise fault("authentication", f"{uri} answers without an 'access_token' that can be sent", title="No token")
    if not isinstance(kind, str) or kind.lower() not in _USABLE:
        raise fault("authentication", f"{uri} gives a token of a type that cannot be used; bearer tokens can", title="No token")
    return token


def _seconds(answer: dict[str, Json], token: str) -> float:
    """How long a token holds, as the answer says, else as the token does."""
    told = answer.get("expires_in")
    try:
        if told is not None:
            return float(told)
        return float((_claims(token) or {})["exp"]) - time.time()
    except (TypeError, ValueError, KeyError):
        return UNTOLD if told is None else 0.0


def _claims(token: str) -> dict[str, Json] | None:
    """What a JWT claims; None for a token that is none. Its signature is its reader's business."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  header, claims, signature
        return None
    try:
        found = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _object(answer: Answer, uri: str) -> dict[str, Json]:
    """The object in an answer, whatever media type it says."""
    try:
        found = decoded(answer.body, "application/json")
    except Fault:
        found = None
    if not isinstance(found, dict):
        raise fault("authentication", f"{uri} answers something else than a JSON object", title="No token")
    return found


def _refusal(where: str, answer: Answer, credentials: list[str]) -> Fault:
    """What the authority says against it: its error code and description, else the beginning of what it sent."""
    redaction = Redaction()
    redaction.hide(credentials)
    try:
        found = decoded(answer.body, answer.content_type)
    except Fault:
        found = None
    told = [found[name] for name in ("error", "error_description") if isinstance(found, dict) and isinstance(found.get(name), str)]
    said = excerpt(": ".join(told).encode(), "text/plain", redaction) if told else excerpt(answer.body, answer.content_type, redaction)
    return fault("authentication", f"{where}: {answer.status} {answer.phrase}: {said}", title="No token")


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
