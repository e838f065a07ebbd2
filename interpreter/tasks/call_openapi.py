"""`call: openapi`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#openapi-call
"""

from __future__ import annotations

from interpreter.document.model import OpenApiCall
from interpreter.effects import CALL_OPENAPI
from interpreter.endpoints import credentials, under
from interpreter.faults import fault
from interpreter.resources import handed
from interpreter.values import Json, kind_of
from interpreter.visit import Request, Result, Visit


def execute(task: OpenApiCall, visit: Visit) -> Result:
    """What the activity `call.openapi` gives: content, raw text or the response object."""
    return Result(visit.perform(CALL_OPENAPI, lambda: _request(task, visit)))


def _request(task: OpenApiCall, visit: Visit) -> Request:
    given, document = task.with_, handed(visit, task.with_.document, "with/document")
    operation = _operation(visit, given.operation_id)
    arguments: dict[str, Json] = {"document": document.arguments, "operationId": operation}
    deferred = under("/document", document.deferred)
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/with")
    if "parameters" in raw:
        filled, left = visit.place.fill_deferring(raw["parameters"], visit.input, "with/parameters")
        arguments["parameters"] = filled
        deferred |= under("/parameters", left)
    policy, left, reads_secrets = credentials(visit, raw.get("authentication"), "with/authentication")
    if policy is not None:
        arguments["authentication"] = policy
        deferred |= under("/authentication", left)
    arguments |= {"output": given.output, "redirect": given.redirect}
    summary = f"{operation} of {document.shown}"
    return Request(arguments, deferred, summary, visit.pushed, reads_secrets=reads_secrets or document.reads_secrets)


def _operation(visit: Visit, text: str) -> str:
    found = visit.fill(text, "with/operationId") if "${" in text else text
    if not isinstance(found, str) or not found:
        raise fault("expression", f"'operationId' must give the name of an operation, not {kind_of(found)}")
    return found
