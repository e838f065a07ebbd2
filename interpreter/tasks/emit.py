"""`emit`: a CloudEvent goes out to the worker's event sink.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#emit
"""

from __future__ import annotations

from interpreter.arguments import iso8601
from interpreter.document.model import Emit
from interpreter.effects import EMIT
from interpreter.faults import fault
from interpreter.idempotency import key_of
from interpreter.values import Json, kind_of
from interpreter.visit import Request, Result, Visit

_FIRST = ("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema")
_TEXTS = ("id", "source", "type", "time", "subject", "datacontenttype", "dataschema")


def execute(task: Emit, visit: Visit) -> Result:
    """The event that was sent, in structured form."""
    return Result(visit.perform(EMIT, lambda: _request(task, visit)))


def _request(task: Emit, visit: Visit) -> Request:
    event = _event(visit.fill(task.emit.event.with_, "emit"), visit)
    return Request({"event": event}, summary=str(event["type"]))


def _event(attributes: dict[str, Json], visit: Visit) -> Json:
    """The attributes with what is missing: an id drawn from the visit, so that a repeated emission is the same event; the run's clock."""
    run = visit.run
    header = run.definition.document.document
    given = {name: value for name, value in attributes.items() if value is not None}
    if "type" not in given:
        raise fault("expression", "the event's 'type' must be a text; its expression gives null")
    event = {
        "specversion": "1.0",
        "id": key_of(run.state["run"]["seed"], f"{visit.scope.effect}:event"),
        "source": f"/{header.namespace}/{header.name}/{header.version}",
        "time": iso8601(visit.now),
        **given,
    }
    if "data" in given:
        event.setdefault("datacontenttype", "application/json")
    for name in _TEXTS:
        if not isinstance(event.get(name, ""), str):
            raise fault("expression", f"the event's '{name}' must be a text; it is {kind_of(event[name])}")
    ordered = {name: event[name] for name in _FIRST if name in event}
    return {**ordered, **{name: value for name, value in event.items() if name not in ordered}}
