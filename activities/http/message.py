"""The `with` of an HTTP call as a request: headers, query and body from data.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from activities.http.body import written
from activities.http.client import Request
from activities.http.pairs import pairs
from interpreter.faults import fault
from interpreter.values import Json

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

IDEMPOTENCY_KEY = "Idempotency-Key"


def request(with_: Json, shown: Json, *, key: str) -> Request:
    """The request of a call, without credentials; see `completed` for `key`, and `written` for the body.

    `shown` is `with_` with placeholders for what must not be shown.

    `expression` faults for headers or query that are no text, and for what a header must not contain; they quote names only.
    """
    headers, body = list(pairs(with_.get("headers"), "headers")), None
    if "body" in with_:
        body, content_type = written(with_["body"], _value(headers, "content-type"))
        headers = [*_without("content-type", headers), ("Content-Type", content_type)]
    return Request(
        method=with_["method"].upper(),
        uri=with_["uri"],
        shown=shown_uri(shown["uri"], shown.get("query")),
        query=_query(with_.get("query")),
        headers=completed(headers, key=key),
        body=body,
    )


def completed(headers: Iterable[tuple[str, str]], *, key: str) -> list[tuple[str, str]]:
    """Headers fit to be sent: `key` goes along as `Idempotency-Key` unless that header is there.

    An `expression` fault for what a header must not contain; it quotes the name only.
    """
    found = [_checked(name, value) for name, value in headers]
    if _value(found, IDEMPOTENCY_KEY) is None:
        found.append((IDEMPOTENCY_KEY, key))
    return found


def shown_uri(uri: str, query: Json) -> str:
    """A URI as people see it, with its query, which is data or a text."""
    added = query if isinstance(query, str) else _query(query)
    return f"{uri}{'&' if '?' in uri else '?'}{added}" if added else uri


def _query(members: Json) -> str:
    return urlencode(list(pairs(members, "query")), safe="*", errors="replace", quote_via=quote)


def _checked(name: str, value: str) -> tuple[str, str]:
    if not _TOKEN.fullmatch(name):
        raise fault("expression", f"{name!r} is no name of a header")
    if _NOT_IN_HEADERS.search(value):
        raise fault("expression", f"the header {name!r} holds a line break or another character that no header may hold")
    return name, value.strip(" \t")


def _value(headers: list[tuple[str, str]], name: str) -> str | None:
    return next((value for given, value in headers if given.lower() == name.lower()), None)


def _without(name: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(given, value) for given, value in headers if given.lower() != name]
