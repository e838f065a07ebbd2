"""What a call by HTTP gives its task.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import replace

from activities.http.client import Http, Request
from activities.http.content import decoded
from activities.http.refusal import refusal
from activities.invocation import Invocation
from activities.redact import PLACEHOLDER
from interpreter.values import Json

_SUCCESS = range(200, 300)
_SUCCESS_OR_REDIRECT = range(200, 400)

_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})


async def outcome(invocation: Invocation, http: Http, outgoing: Request, hidden: Collection[str] = ()) -> Json:
    """What `with.output` asks for: `content` (the body's value), `raw` (its base64) or `response` (the response object).

    The request goes out with the credentials of the call. Redirects are never followed; with `with.redirect` their answer is accepted too. Any other status is a `communication` fault
    with that status; so is no answer at all, with 500 or, when it takes too long, 504. The response object tells the request's
    headers with placeholders for credentials and for the `hidden` ones (lower case).
    """
    with_ = invocation.with_
    outgoing = replace(outgoing, authorization=invocation.authorization, certificate=invocation.certificate)
    answer = await http.exchange(outgoing, within=invocation.within, accepted=_SUCCESS_OR_REDIRECT if with_["redirect"] else _SUCCESS)
    if not answer.accepted:
        raise refusal(outgoing, answer, invocation.redaction)
    if with_["output"] == "raw":
        return b64encode(answer.body).decode("ascii")
    content = decoded(answer.body, answer.content_type)
    if with_["output"] == "content":
        return content
    unseen = _CREDENTIALS.union(hidden)
    headers = {name: PLACEHOLDER if name in unseen else value for name, value in answer.sent.items()}
    return {
        "request": {"method": outgoing.method, "uri": outgoing.shown, "headers": headers},
        "statusCode": answer.status,
        "headers": dict(answer.headers),
        "content": content,
    }
