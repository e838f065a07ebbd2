"""The effect `call.http`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from activities.http.client import Http
from activities.http.content import decoded
from activities.http.message import request
from activities.http.refusal import refusal
from activities.invocation import Invocation
from activities.redact import PLACEHOLDER
from interpreter.values import Json

_SUCCESS = range(200, 300)
_SUCCESS_OR_REDIRECT = range(200, 400)

_CREDENTIALS = {"authorization", "proxy-authorization", "cookie"}


async def call_http(invocation: Invocation, http: Http) -> Json:
    """What `with.output` asks for: `content` (the body's value), `raw` (its base64) or `response` (the response object).

    `with`: `{method, uri, headers?, query?, body?, output, redirect}`. Redirects are never followed; with `redirect: true` their
    answer is accepted too. Any other status is a `communication` fault with that status; so is no answer at all, with 500 or,
    when it takes too long, 504. What the response object tells of the request has placeholders where secrets and credentials were.
    """
    with_ = invocation.with_
    authorization = invocation.authorization and invocation.authorization.header
    outgoing = request(with_, invocation.shown, key=invocation.key, authorization=authorization)
    answer = await http.exchange(outgoing, within=invocation.within, accepted=_SUCCESS_OR_REDIRECT if with_["redirect"] else _SUCCESS)
    if not answer.accepted:
        raise refusal(outgoing, answer, invocation.redaction)
    if with_["output"] == "raw":
        return b64encode(answer.body).decode("ascii")
    content = decoded(answer.body, answer.content_type)
    if with_["output"] == "content":
        return content
    headers = _shown_headers(answer.sent, with_.get("headers") or {}, invocation.shown.get("headers"))
    return {
        "request": {"method": outgoing.method, "uri": outgoing.shown, "headers": headers},
        "statusCode": answer.status,
        "headers": dict(answer.headers),
        "content": content,
    }


def _shown_headers(sent: Mapping[str, str], given: Mapping[str, Json], shown: Json) -> dict[str, str]:
    """The request's headers with a placeholder in those that hold credentials, or anything that is not shown as it was given."""
    known = shown if isinstance(shown, dict) else {}
    hidden = _CREDENTIALS | {name.lower() for name, value in given.items() if known.get(name) != value}
    return {name: PLACEHOLDER if name in hidden else value for name, value in sent.items()}
