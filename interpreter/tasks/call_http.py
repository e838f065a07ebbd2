"""`call: http`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
"""

from __future__ import annotations

from interpreter.document.model import EndpointParts, HttpCall
from interpreter.effects import CALL_HTTP
from interpreter.endpoints import credentials, shown, uri_of
from interpreter.faults import fault
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit

_NOT_FREE = frozenset({"method", "endpoint", "output", "redirect"})


def execute(task: HttpCall, visit: Visit) -> Result:
    """What the activity `call.http` gives: content, raw text or the response object."""
    return Result(visit.perform(CALL_HTTP, lambda: _request(task, visit)))


def _request(task: HttpCall, visit: Visit) -> Request:
    given, endpoint = task.with_, task.with_.endpoint
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/with")
    text = endpoint.uri if isinstance(endpoint, EndpointParts) else endpoint
    uri, deferred_uri = uri_of(visit, text, "with/endpoint")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, "with", without=_NOT_FREE)
    arguments: dict[str, Json] = {"method": _method(visit, given.method), "uri": uri, **filled}
    arguments["output"], arguments["redirect"] = given.output, given.redirect
    if deferred_uri is not None:
        deferred["/uri"] = deferred_uri
    policy = raw["endpoint"].get("authentication") if isinstance(raw["endpoint"], dict) else None
    authentication, inner, reads_secrets = credentials(visit, policy, "with/endpoint/authentication")
    if authentication is not None:
        arguments["authentication"] = authentication
        deferred.update({f"/authentication{place}": needs for place, needs in inner.items()})
    retry = None if visit.scope.retry is None else visit.scope.retry.policy
    return Request(arguments, deferred, f"{arguments['method']} {shown(text)}", retry, reads_secrets=reads_secrets)


def _method(visit: Visit, text: str) -> str:
    method = visit.fill(text, "with/method") if "${" in text else text
    if not isinstance(method, str) or not method.isalpha():
        raise fault("expression", "'method' must give the name of an HTTP method, such as GET")
    return method.upper()
