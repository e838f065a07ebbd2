"""`call: http-container:1.0.0@default`: a container that answers JSON on a port is started, asked once, and removed."""

from __future__ import annotations

from interpreter.document.model import FunctionCall
from interpreter.durations import length_of
from interpreter.effects import FUNCTION_HTTP_CONTAINER
from interpreter.faults import fault
from interpreter.tasks.given import given_deferring, text
from interpreter.tasks.process import shown
from interpreter.values import Json, kind_of
from interpreter.visit import Request, Result, Visit

PORT = 8080
PATH = "/"
START_WITHIN = 60_000
"""Milliseconds until a container listens."""

_PORTS = range(1, 1 << 16)
_PULL_POLICIES = ("ifNotPresent", "always", "never")


def execute(task: FunctionCall, visit: Visit) -> Result:
    """What the container answers, which the activity gives."""
    return Result(visit.perform(FUNCTION_HTTP_CONTAINER, lambda: _request(task, visit)))


def _request(task: FunctionCall, visit: Visit) -> Request:
    """`with`: `{image, input, port, path, command?, environment?, files?, pullPolicy, startWithin: ms, of}`; without `input` it is the call's own."""
    found, deferred = given_deferring(task, visit)
    image, path, policy = text(found, "image"), text(found, "path") or PATH, found.get("pullPolicy", _PULL_POLICIES[0])
    if not path.startswith("/"):
        where = ", before what names a secret: '/prices/${ $secrets.key }'" if "/path" in deferred else ""
        raise fault("validation", f"'path' must begin with '/'{where}")
    if policy not in _PULL_POLICIES:
        raise fault("validation", f"'pullPolicy' must be one of {', '.join(_PULL_POLICIES)}")
    for member in ("environment", "files"):
        if not isinstance(found.get(member, {}), dict):
            raise fault("validation", f"'{member}' must be an object, found {kind_of(found[member])}")
    text(found, "command")
    header = visit.run.definition.document.document
    arguments: dict[str, Json] = {
        "input": visit.input,
        **found,
        "port": _port(found.get("port", PORT)),
        "path": path,
        "pullPolicy": policy,
        "startWithin": START_WITHIN if "startWithin" not in found else length_of(found["startWithin"], "startWithin"),
        "of": {"namespace": header.namespace, "workflow": header.name, "task": visit.name},
    }
    return Request(arguments, deferred, shown(str(image)))


def _port(found: Json) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or found not in _PORTS:
        raise fault("validation", f"'port' must be a port, from {_PORTS[0]} to {_PORTS[-1]}")
    return found
