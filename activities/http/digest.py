"""Digest access authentication: what a peer asks for, and the answer to it.

Spec: https://www.rfc-editor.org/rfc/rfc7616
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from interpreter.faults import fault

_ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}
_PREFERRED = ("SHA-256-SESS", "SHA-256", "MD5-SESS", "MD5")

_CHALLENGE = re.compile(r"\s*(?:,\s*)*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=[\s,]|$)(?!\s*=)")
_PARAMETER = re.compile(r'\s*(?:,\s*)*([A-Za-z0-9!#$%&\'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_TOKEN68 = re.compile(r"\s+[A-Za-z0-9\-._~+/]+=*\s*(?=,|$)")

_MOST = 1_000
"""Peers and users whose last challenge is remembered."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Credentials that answer challenges; `told` learns every answer, so that none is shown."""

    username: str
    password: str = field(repr=False)
    told: Callable[[str], None] = field(compare=False, repr=False)


@dataclass(slots=True)
class Challenge:
    """What a peer asked for, and how often it was answered."""

    realm: str
    nonce: str
    algorithm: str
    opaque: str | None = None
    qop: Literal["auth"] | None = None
    userhash: bool = False
    answers: int = 0

    def answered(self, digest: Digest, method: str, target: str) -> str:
        """The value of the `Authorization` header for one request; `target` is path and query as they are sent."""
        self.answers += 1
        count, own = f"{self.answers:08x}", secrets.token_hex(16)
        response = self._response(digest, f"{method}:{target}", count, own)
        parameters = [*self._user(digest), ("realm", _quoted(self.realm)), ("nonce", _quoted(self.nonce)), ("uri", _quoted(target))]
        parameters += [("response", _quoted(response)), ("algorithm", self.algorithm)]
        if self.opaque is not None:
            parameters.append(("opaque", _quoted(self.opaque)))
        if self.qop is not None:
            parameters += [("qop", self.qop), ("nc", count), ("cnonce", _quoted(own))]
        digest.told(response)
        return "Digest " + ", ".join(f"{name}={value}" for name, value in parameters)

    def _response(self, digest: Digest, a2: str, count: str, own: str) -> str:
        a1 = self._hashed(f"{digest.username}:{self.realm}:{digest.password}")
        if self.algorithm.upper().endswith("-SESS"):
            a1 = self._hashed(f"{a1}:{self.nonce}:{own}")
        middle = self.nonce if self.qop is None else f"{self.nonce}:{count}:{own}:{self.qop}"
        return self._hashed(f"{a1}:{middle}:{self._hashed(a2)}")

    def _user(self, digest: Digest) -> list[tuple[str, str]]:
        if self.userhash:
            return [("username", _quoted(self._hashed(f"{digest.username}:{self.realm}"))), ("userhash", "true")]
        if digest.username.isascii():
            return [("username", _quoted(digest.username))]
        return [("username*", "UTF-8''" + quote(digest.username, safe=""))]

    def _hashed(self, text: str) -> str:
        return hashlib.new(_ALGORITHMS[self.algorithm.upper().removesuffix("-SESS")], text.encode()).hexdigest()


class Challenges:
    """What peers asked for last, by origin and credentials, so that later requests answer it at once."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, Digest], Challenge] = OrderedDict()

    def answer(self, origin: str, digest: Digest, method: str, target: str) -> str | None:
        """The header's value for the next request; None while the peer has asked for nothing."""
        challenge = self._last.get((origin, digest))
        return None if challenge is None else challenge.answered(digest, method, target)

    def refused(self, origin: str, digest: Digest, headers: Mapping[str, str], *, again: bool) -> bool:
        """Learn what a 401 asks for; whether another answer may help.

        Where the answer to a challenge of the same exchange was refused (`again`), only when the peer calls its nonce stale.
        An `authentication` fault where digest is asked for in ways that are not known here.
        """
        asked = [parameters for scheme, parameters in challenges(headers.get("www-authenticate", "")) if scheme == "digest"]
        if not asked:
            return False
        self._last.pop((origin, digest), None)
        self._last[origin, digest] = _best(asked)
        if len(self._last) > _MOST:
            self._last.popitem(last=False)
        return not again or any(parameters.get("stale", "").lower() == "true" for parameters in asked)

    def accepted(self, origin: str, digest: Digest, headers: Mapping[str, str]) -> None:
        """Take the nonce that the peer names for the next request, if it names one."""
        found = {name.lower(): _unquoted(text, plain) for name, text, plain in _PARAMETER.findall(headers.get("authentication-info", ""))}
        challenge = self._last.get((origin, digest))
        if challenge is not None and found.get("nextnonce"):
            challenge.nonce, challenge.answers = found["nextnonce"], 0


def challenges(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The schemes (in lower case) of a `WWW-Authenticate` header with their parameters, in order; reads no further than it understands."""
    at = 0
    while found := _CHALLENGE.match(header, at):
        parameters: dict[str, str] = {}
        token = _TOKEN68.match(header, found.end())
        at = found.end() if token is None else token.end()
        while token is None and (pair := _PARAMETER.match(header, at)):
            parameters[pair[1].lower()] = _unquoted(pair[2], pair[3])
            at = pair.end()
        yield found[1].lower(), parameters


def _best(asked: list[dict[str, str]]) -> Challenge:
    known = [one for one in asked if one.get("algorithm", "MD5").upper() in _PREFERRED and _qops(one) & {"", "auth"} and "nonce" in one]
    if not known:
        raise fault(
            "authentication", "the peer wants digest authentication in a way that is not known here; MD5 and SHA-256 with qop auth are"
        )
    best = min(known, key=lambda one: _PREFERRED.index(one.get("algorithm", "MD5").upper()))
    return Challenge(
        realm=best.get("realm", ""),
        nonce=best["nonce"],
        algorithm=best.get("algorithm", "MD5"),
        opaque=best.get("opaque"),
        qop="auth" if "auth" in _qops(best) else None,
        userhash=best.get("userhash", "").lower() == "true",
    )


def _qops(parameters: Mapping[str, str]) -> set[str]:
    return {one.strip().lower() for one in parameters.get("qop", "").split(",")}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(quoted: str | None, plain: str | None) -> str:
    return plain or re.sub(r"\\(.)", r"\1", quoted or "")
