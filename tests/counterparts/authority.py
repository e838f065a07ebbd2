"""An OAuth 2 authority and what its tokens open, and a peer that asks for digest authentication; both on a counterpart."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from tests.canaries import canary
from tests.counterparts.messages import Received, Reply
from tests.counterparts.server import Counterpart

CLIENT, SECRET = "flows/1", canary("of flows")


class Authority:
    """Gives tokens at `/oauth2/token` and `/oidc/token`, tells about itself at `/oidc/.well-known/openid-configuration`, and opens `/guarded` to tokens that hold.

    `asked` are the token requests: the members of their bodies, and the client in the header under `basic`. `answer` are members that its answers have besides.
    """

    def __init__(self, counterpart: Counterpart) -> None:
        self.origin = counterpart.origin
        self.asked: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {"expires_in": 3600}
        self.valid: set[str] = set()
        self.refusal: Reply | None = None
        counterpart.replies |= {
            "/oauth2/token": self._token,
            "/oidc/token": self._token,
            "/oauth2/introspect": lambda received: Reply.json({"active": True, "iss": f"{self.origin}/opaque"}),
            "/oidc/.well-known/openid-configuration": lambda _: Reply.json(self.described()),
            "/guarded": self._guarded,
        }

    def described(self) -> dict[str, Any]:
        """What discovery tells."""
        return {"issuer": f"{self.origin}/oidc", "token_endpoint": f"{self.origin}/oidc/token"}

    def withdraw(self) -> None:
        """Let no token of before open anything."""
        self.valid.clear()

    def _token(self, received: Received) -> Reply:
        self.asked.append(_members(received))
        if self.refusal is not None:
            return self.refusal
        token = self.answer.get("access_token", f"token-{len(self.asked)}")
        self.valid.add(token)
        return Reply.json({"access_token": token, "token_type": "bearer", **self.answer})

    def _guarded(self, received: Received) -> Reply:
        scheme, _, token = received.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer" and token in self.valid:
            return Reply.json({"opened": True, "marked": received.headers.get("x-mark")})
        return Reply.text(f"not with {token}", 401)


def _members(received: Received) -> dict[str, Any]:
    if received.headers["content-type"] == "application/json":
        members = json.loads(received.body)
    else:
        members = {name: values if len(values) > 1 else values[0] for name, values in parse_qs(received.body.decode()).items()}
    scheme, _, given = received.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        members["basic"] = [unquote_plus(part) for part in base64.b64decode(given).decode().split(":")]
    return members


class Guard:
    """Asks for digest authentication at `/digest`; `asked` is what its challenges say besides, `nonces` those that it takes."""

    def __init__(self, counterpart: Counterpart, username: str, password: str, **asked: str) -> None:
        self.username, self.password = username, password
        self.asked = {"realm": 'the "inner" realm', "algorithm": "SHA-256", "qop": "auth, auth-int", "opaque": "o=1", **asked}
        self.given = 0
        self.nonces: dict[str, int] = {}
        self.extra: dict[str, str] = {}
        self.answers: list[dict[str, str]] = []
        counterpart.replies["/digest"] = self._reply

    def _reply(self, received: Received) -> Reply:
        given = received.headers.get("authorization")
        if given is None:
            return self._challenge()
        found = {
            name: re.sub(r"\\(.)", r"\1", quoted) or plain
            for name, quoted, plain in re.findall(r'([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))', given)
        }
        self.answers.append(found)
        if found["nonce"] not in self.nonces or ("nc" in found and int(found["nc"], 16) <= self.nonces[found["nonce"]]):
            return self._challenge(stale="true")
        self.nonces[found["nonce"]] += 1
        right = found["response"] == self._response(found, received.method) and found.get("opaque") == self.asked["opaque"]
        return Reply(200, received.body or b"in", {"Content-Type": "text/plain", **self.extra}) if right else self._challenge()

    def _challenge(self, **more: str) -> Reply:
        self.given += 1
        nonce = f"nonce,{self.given}"
        self.nonces[nonce] = 0
        told = {name: value for name, value in {**self.asked, "nonce": nonce, **more}.items() if value}
        parameters = ", ".join(f'{name}="{value}"' if name != "algorithm" else f"{name}={value}" for name, value in told.items())
        escaped = parameters.replace('the "inner" realm', 'the \\"inner\\" realm')
        return Reply(401, b"who?", {"WWW-Authenticate": f"Negotiate a1b2==, Digest {escaped}, Basic realm=x"})

    def _response(self, found: dict[str, str], method: str) -> str:
        algorithm = self.asked["algorithm"] or "MD5"

        def h(*parts: str) -> str:
            return hashlib.new({"SHA": "sha256", "MD5": "md5"}[algorithm[:3]], ":".join(parts).encode()).hexdigest()

        one = h(self.username, self.asked["realm"], self.password)
        if algorithm.endswith("-sess"):
            one = h(one, found["nonce"], found["cnonce"])
        two = h(method, found["uri"])
        if "qop" in found:
            return h(one, found["nonce"], found["nc"], found["cnonce"], found["qop"], two)
        return h(one, found["nonce"], two)
