"""Lifecycle events to the worker's event sink.

No effect of a document: the shell sends it, so it has neither secrets nor a place to blame.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.boundary import for_runs
from activities.http.client import Http
from activities.sink import send
from interpreter.defaults import EXCHANGE_TIMEOUT
from interpreter.effects import LIFECYCLE
from interpreter.faults import Fault
from interpreter.temporal.failures import message_of
from interpreter.values import Json


def publish(http: Http, sink: str | None) -> Callable[[Json], Awaitable[None]]:
    """The activity that sends `{"events": […]}` one by one, in order; without a sink nothing is sent."""

    @activity.defn(name=LIFECYCLE)
    async def run(arguments: Json) -> None:
        try:
            for_runs(LIFECYCLE)
            if sink is not None:
                await _send(arguments["events"], sink, http)
        except Fault as error:
            raise ApplicationError(message_of(error.problem), type=error.problem.type) from None

    return run


async def _send(events: list[Json], sink: str, http: Http) -> None:
    for event in events:
        await send(event, sink, http, key=event["id"], within=EXCHANGE_TIMEOUT / 1000)
