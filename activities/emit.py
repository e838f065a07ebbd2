"""The effect `emit`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#emit
"""

from __future__ import annotations

from activities.http.client import Http, Request
from activities.http.message import IDEMPOTENCY_KEY
from activities.http.refusal import refusal
from activities.invocation import Invocation
from interpreter.values import Json, encode

_STRUCTURED = "application/cloudevents+json; charset=utf-8"


async def emit(invocation: Invocation, http: Http, sink: str | None) -> Json:
    """Send `with.event` to the worker's event sink by HTTP, in structured mode; gives the event.

    Every attempt sends the same id and source, by which a receiver knows repetitions. Without a sink nothing is sent.
    """
    event = invocation.with_["event"]
    if sink is not None:
        body = encode(event).encode("utf-8", "replace")
        headers = [("Content-Type", _STRUCTURED), (IDEMPOTENCY_KEY, invocation.key)]
        outgoing = Request(method="POST", uri=sink, shown="the event sink", headers=headers, body=body)
        answer = await http.exchange(outgoing, within=invocation.within)
        if not answer.accepted:
            raise refusal(outgoing, answer, invocation.redaction)
    return event
