"""Documents that describe a service (OpenAPI, proto, AsyncAPI, agent cards): what an activity reads before it calls.

A worker keeps them for a minute, so that a loop of calls does not fetch its document anew each time; what they led to stands
in history, so a replay never reads them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from activities.authentication import Authorization
from activities.granted import granted
from activities.http.certificates import Certificate
from activities.http.client import Http, Request
from activities.http.refusal import refusal
from activities.invocation import Invocation
from activities.kept import Kept, Made
from activities.policy import Grant
from interpreter.document.reader import read
from interpreter.document.syntax import Unreadable
from interpreter.faults import fault
from interpreter.values import Json

KEPT_SECONDS = 60.0
KEPT_BYTES = 32_000_000

_Key: TypeAlias = tuple[str, Authorization | None, Certificate | None, Grant | None]
"""An address, and who asks there, with which right."""

_SMALL = 1_000_000
"""Characters of a text whose value is kept, too: values take several times the memory."""


class Documents:
    """Fetches documents and keeps them for a while, the most recent ones, by address and credentials."""

    def __init__(self, http: Http, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._kept: Kept[str] = Kept(KEPT_BYTES, clock, len)

    async def text(self, invocation: Invocation) -> str:
        """The text of `with.document`: `{uri, content}` as it is, `{uri}` fetched with its own credentials.

        Faults: as for an HTTP call; `communication` for what is no UTF-8.
        """
        given: Json = invocation.with_["document"]
        if "content" in given:
            return str(given["content"])
        return await self.at(invocation, given["uri"], invocation.shown["document"]["uri"])

    async def at(self, invocation: Invocation, uri: str, shown: str) -> str:
        """The same of another address of the document's host, which people see as `shown`."""
        key = (uri, invocation.authorizations.get("/document/authentication"), invocation.certificate, granted())
        found = self._kept.known(key)
        if found is None:
            # not shared while it is fetched: the deadline and what must not be shown are those of each run
            found = await self._fetched(invocation, key, shown)
            self._kept.keep(key, Made(found, KEPT_SECONDS))
        return found

    async def _fetched(self, invocation: Invocation, key: _Key, shown: str) -> str:
        uri, authorization, certificate, _ = key
        outgoing = Request(method="GET", uri=uri, shown=shown, authorization=authorization, certificate=certificate)
        answer = await self._http.exchange(outgoing, within=invocation.within)
        if not answer.accepted:
            raise refusal(outgoing, answer, invocation.redaction)
        try:
            return answer.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise fault("communication", f"{shown} is no text in UTF-8", title="Resource not understood") from None


def parsed(text: str, shown: str) -> Json:
    """The value of a document written in JSON or YAML, which is shared: never to be changed. Takes its time for a long text.

    A `communication` fault, which names the place in `shown`, when it is neither.
    """
    try:
        return _kept(text) if len(text) <= _SMALL else _parsed(text)
    except Unreadable as error:
        place = f"line {error.position.line}, column {error.position.column}"
        raise fault(
            "communication", f"{shown} is neither JSON nor YAML: {place}: {error.message}", title="Resource not understood"
        ) from None


def _parsed(text: str) -> Json:
    if text.lstrip()[:1] == "{":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return read(text).raw  # YAML has such braces, too, and tells better what is wrong
    return read(text).raw


_kept = lru_cache(maxsize=16)(_parsed)
