"""The parameters of a method that is called by JSON-RPC: an object, or one expression that gives one."""

from __future__ import annotations

from interpreter.endpoints import under
from interpreter.faults import fault
from interpreter.templates import DEFERRED
from interpreter.values import Json, kind_of
from interpreter.visit import Visit

_MEMBER = "with/parameters"


def parameters(visit: Visit) -> tuple[dict[str, Json], dict[str, Json]]:
    """`{parameters}`, or nothing where the task has none, and what is deferred in it; an `expression` fault for what is no object."""
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/with")
    if "parameters" not in raw:
        return {}, {}
    filled, deferred = _filled(visit, raw["parameters"])
    if not isinstance(filled, dict) and not deferred:
        raise fault("expression", f"'parameters' must give an object, not {kind_of(filled)}")
    return {"parameters": filled}, under("/parameters", deferred)


def _filled(visit: Visit, raw: Json) -> tuple[Json, dict[str, Json]]:
    if not isinstance(raw, str) or "${" in raw:
        return visit.place.fill_deferring(raw, visit.input, _MEMBER)
    language = visit.place.language
    try:
        expression = language.source(raw)
    except ValueError as error:
        raise fault("expression", str(error)) from None
    if DEFERRED & language.names(expression):
        return language.marked(expression), {"": visit.place.needs((expression,), visit.input)}
    return visit.place.value(raw, visit.input, _MEMBER), {}
