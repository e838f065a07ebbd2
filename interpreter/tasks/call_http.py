"""`call: http`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

from interpreter.document.model import HttpCall
from interpreter.effects import CALL_HTTP
from interpreter.endpoints import target
from interpreter.faults import fault
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit

_NOT_FREE = frozenset({"method", "endpoint", "output", "redirect"})


def execute(task: HttpCall, visit: Visit) -> Result:
    """What the activity `call.http` gives: content, raw text or the response object."""
    return Result(visit.perform(CALL_HTTP, lambda: _request(task, visit)))


def _request(task: HttpCall, visit: Visit) -> Request:
    given, address = task.with_, target(visit, task.with_.endpoint, "with/endpoint")
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/with")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, "with", without=_NOT_FREE)
    arguments: dict[str, Json] = {"method": _method(visit, given.method), **address.arguments, **filled}
    arguments["output"], arguments["redirect"] = given.output, given.redirect
    summary = f"{arguments['method']} {address.shown}"
    return Request(arguments, {**deferred, **address.deferred}, summary, visit.pushed, reads_secrets=address.reads_secrets)


def _method(visit: Visit, text: str) -> str:
    method = visit.fill(text, "with/method") if "${" in text else text
    if not isinstance(method, str) or not method.isalpha():
        raise fault("expression", "'method' must give the name of an HTTP method, such as GET")
    return method.upper()
