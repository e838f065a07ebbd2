"""The effect `emit`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#emit
"""

from __future__ import annotations

from activities.http.client import Http
from activities.invocation import Invocation
from activities.sink import send
from interpreter.values import Json


async def emit(invocation: Invocation, http: Http, sink: str | None) -> Json:
    """Send `with.event` to the worker's event sink; gives the event. Without a sink nothing is sent."""
    event = invocation.with_["event"]
    if sink is not None:
        await send(event, sink, http, key=invocation.key, within=invocation.within, redaction=invocation.redaction)
    return event
