"""`call: grpc`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#grpc-call
"""

from __future__ import annotations

from interpreter.document.model import GrpcCall
from interpreter.effects import CALL_GRPC
from interpreter.endpoints import credentials, under
from interpreter.faults import fault
from interpreter.protos import imported
from interpreter.resources import handed
from interpreter.values import Json, kind_of
from interpreter.visit import Request, Result, Visit

_NOT_FREE = frozenset({"proto", "service"})
_LITERAL = frozenset({"host", "port", "authentication"})


def execute(task: GrpcCall, visit: Visit) -> Result:
    """What the activity `call.grpc` gives: the method's answer as JSON."""
    return Result(visit.perform(CALL_GRPC, lambda: _request(task, visit)))


def _request(task: GrpcCall, visit: Visit) -> Request:
    given = task.with_
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/with")
    arguments, deferred = visit.place.fill_deferring(raw, visit.input, "with", without=_NOT_FREE)
    service, in_service = visit.place.fill_deferring(raw["service"], visit.input, "with/service", without=_LITERAL)
    port = {} if given.service.port is None else {"port": given.service.port}
    document = handed(visit, given.proto, "with/proto")
    policy, in_policy, reads_secrets = credentials(visit, raw["service"].get("authentication"), "with/service/authentication")
    hints, in_hints = _hints(visit)
    arguments = {
        **arguments,
        **hints,
        "service": {**service, "host": given.service.host, **port},
        "document": _with_imports(visit, document.arguments),
    }
    if policy is not None:
        arguments["authentication"] = policy
    left = {
        **deferred,
        **in_hints,
        **under("/service", in_service),
        **under("/document", document.deferred),
        **under("/authentication", in_policy),
    }
    summary = f"{given.service.name}/{given.method} at {given.service.host}"
    return Request(arguments, left, summary, visit.pushed, reads_secrets=reads_secrets or document.reads_secrets)


def _with_imports(visit: Visit, proto: dict[str, Json]) -> dict[str, Json]:
    """The proto as activities get it, with the `imports` that the run carries beside it, by name."""
    if "content" not in proto:
        return proto
    found = imported(proto["uri"], proto["content"], visit.run.host.resources)
    return {**proto, "imports": found} if found else proto


def _hints(visit: Visit) -> tuple[dict[str, Json], dict[str, Json]]:
    """What the DSL has no word for, from `metadata.swtemporal.grpc`: `{tls?: boolean, metadata?: {name: text}}`."""
    hints = visit.hints.get("grpc", {})
    if not isinstance(hints, dict) or not hints.keys() <= {"tls", "metadata"}:
        raise fault("configuration", "the hint 'grpc' must be an object with 'tls', 'metadata' or both")
    if not isinstance(hints.get("tls", False), bool):
        raise fault("configuration", f"the hint 'grpc.tls' must be true or false, not {kind_of(hints['tls'])}")
    return visit.place.fill_deferring(hints, visit.input, "metadata/swtemporal/grpc")
