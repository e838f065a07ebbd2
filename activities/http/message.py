"""The `with` of an HTTP call as a request: headers, query and body from data.

Texts stay, numbers and booleans become text, null is left out, a list repeats the name.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from activities.http.client import Request
from activities.http.content import is_form, is_json
from interpreter.faults import fault
from interpreter.values import Json, encode, kind_of

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

IDEMPOTENCY_KEY = "Idempotency-Key"


def request(with_: Json, shown: Json, *, key: str, authorization: str | None) -> Request:
    """The request of a call; `key` goes along as `Idempotency-Key` unless the document sets that header, `authorization` in any case.

    `shown` is `with_` with placeholders for what must not be shown.

    `expression` faults for headers or query that are no text, and for what a header must not contain; they quote names only.
    """
    headers = [_checked(*pair) for pair in _pairs(with_.get("headers"), "headers")]
    if authorization is not None:
        headers = [(name, value) for name, value in headers if name.lower() != "authorization"]
    body = None
    if "body" in with_:
        body, content_type = _body(with_["body"], _value(headers, "content-type"))
        if content_type is not None:
            headers.append(("Content-Type", content_type))
    if _value(headers, IDEMPOTENCY_KEY) is None:
        headers.append((IDEMPOTENCY_KEY, key))
    if authorization is not None:
        headers.append(("Authorization", authorization))
    return Request(
        method=with_["method"].upper(),
        uri=with_["uri"],
        shown=_shown(shown["uri"], shown.get("query")),
        query=_query(with_.get("query")),
        headers=headers,
        body=body,
    )


def _query(members: Json) -> str:
    return urlencode(list(_pairs(members, "query")), safe="*", errors="replace", quote_via=quote)


def _shown(uri: str, query: Json) -> str:
    added = query if isinstance(query, str) else _query(query)
    return f"{uri}{'&' if '?' in uri else '?'}{added}" if added else uri


def _body(value: Json, content_type: str | None) -> tuple[bytes, str | None]:
    """The bytes of a body, and its media type where the document does not set one.

    A text is sent as it is under a media type that is not JSON; an object under that of a form becomes one.
    """
    if content_type is None:
        return _bytes(encode(value)), "application/json"
    if isinstance(value, dict) and is_form(content_type):
        return _bytes(urlencode(list(_pairs(value, "body")), errors="replace")), None
    if isinstance(value, str) and not is_json(content_type):
        return _bytes(value), None
    return _bytes(encode(value)), None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _pairs(members: Json, what: str) -> Iterator[tuple[str, str]]:
    if members is None:
        return
    if not isinstance(members, dict):
        raise fault("expression", f"{what!r} must give an object, not {kind_of(members)}")
    for name, value in members.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict | list):
                raise fault(
                    "expression",
                    f"{name!r} in {what!r} must be a text, a number, a boolean or a list of these; it holds an {kind_of(item)}",
                )
            if item is not None:
                yield name, item if isinstance(item, str) else encode(item)


def _checked(name: str, value: str) -> tuple[str, str]:
    if not _TOKEN.fullmatch(name):
        raise fault("expression", f"{name!r} is no name of a header")
    if _NOT_IN_HEADERS.search(value):
        raise fault("expression", f"the header {name!r} holds a line break or another character that no header may hold")
    return name, value.strip(" \t")


def _value(headers: list[tuple[str, str]], name: str) -> str | None:
    return next((value for given, value in headers if given.lower() == name.lower()), None)
