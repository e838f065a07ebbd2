"""The worker's event sink: one CloudEvent by HTTP, in structured mode."""

from __future__ import annotations

from activities.granted import under
from activities.http.client import Http, Request
from activities.http.message import IDEMPOTENCY_KEY
from activities.http.refusal import refusal
from activities.redact import Redaction
from interpreter.values import Json, encode

_STRUCTURED = "application/cloudevents+json; charset=utf-8"


async def send(event: Json, sink: str, http: Http, *, key: str, within: float, redaction: Redaction | None = None) -> None:
    """Send an event; every attempt sends the same id and source, by which a receiver knows repetitions. `communication` faults."""
    headers = [("Content-Type", _STRUCTURED), (IDEMPOTENCY_KEY, key)]
    outgoing = Request(method="POST", uri=sink, shown="the event sink", headers=headers, body=encode(event).encode("utf-8", "replace"))
    with under(None):  # the sink is the operator's choice, not the document's
        answer = await http.exchange(outgoing, within=within)
    if not answer.accepted:
        raise refusal(outgoing, answer, redaction or Redaction())
