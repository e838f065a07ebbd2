"""The effect `call.http`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

from base64 import b64encode

from activities.http.client import Answer, Http, Request
from activities.http.content import decoded
from activities.http.message import request
from activities.http.refusal import refusal
from activities.invocation import Invocation
from activities.redact import PLACEHOLDER, Redaction
from interpreter.values import Json

_SUCCESS = range(200, 300)
_SUCCESS_OR_REDIRECT = range(200, 400)

_CREDENTIALS = {"authorization", "proxy-authorization", "cookie"}


async def call_http(invocation: Invocation, http: Http) -> Json:
    """What `with.output` asks for: `content` (the body's value), `raw` (its base64) or `response` (the whole answer).

    `with`: `{method, uri, headers?, query?, body?, output, redirect}`. Redirects are never followed; with `redirect: true` their
    answer is accepted too. Any other status is a `communication` fault with that status; so is no answer at all, with 500 or,
    when it takes too long, 504.
    """
    with_ = invocation.with_
    authorization = invocation.authorization and invocation.authorization.header
    outgoing = request(with_, key=invocation.key, authorization=authorization)
    answer = await http.exchange(outgoing, within=invocation.within, accepted=_SUCCESS_OR_REDIRECT if with_["redirect"] else _SUCCESS)
    if not answer.accepted:
        raise refusal(outgoing, answer, invocation.redaction)
    if with_["output"] == "raw":
        return b64encode(answer.body).decode("ascii")
    content = decoded(answer.body, answer.content_type)
    return content if with_["output"] == "content" else _response(outgoing, answer, content, invocation.redaction)


def _response(outgoing: Request, answer: Answer, content: Json, redaction: Redaction) -> Json:
    """The response object; what it shows of the request has a placeholder where credentials and secrets were.

    Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-response
    """
    headers = {name: PLACEHOLDER if name in _CREDENTIALS else redaction(value) for name, value in answer.sent.items()}
    return {
        "request": {"method": outgoing.method, "uri": redaction(answer.uri), "headers": headers},
        "statusCode": answer.status,
        "headers": dict(answer.headers),
        "content": content,
    }
