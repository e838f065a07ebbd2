"""`raise`: an error on purpose.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#raise
"""

from __future__ import annotations

from interpreter.document.model import Error, Raise
from interpreter.faults import Fault, Problem, fault
from interpreter.values import kind_of
from interpreter.visit import Result, Visit


def execute(task: Raise, visit: Visit) -> Result:
    """Raises the error written here, or the one of that name in `use.errors`; never returns."""
    problem = _problem(_error(task, visit), visit)
    visit.run.admit(problem.as_json(), f"the error that '{visit.name}' raises")
    raise Fault(problem)


def _error(task: Raise, visit: Visit) -> Error:
    error = task.raise_.error
    if isinstance(error, Error):
        return error
    use = visit.run.definition.document.use
    named = ((use and use.errors) or {}).get(error)
    if named is None:
        raise fault("configuration", f"'use.errors' has no '{error}'")
    return named


def _problem(error: Error, visit: Visit) -> Problem:
    def text(member: str, written: str | None) -> str | None:
        if written is None:
            return None
        value = visit.fill(written, f"raise/{member}")
        if value is None or isinstance(value, str):
            return value
        raise fault("expression", f"'{member}' of the error must be a text; its expression gives {kind_of(value)}")

    kind = text("type", error.type)
    if kind is None:
        raise fault("expression", "'type' of the error must be a text; its expression gives null")
    return Problem(
        type=kind,
        status=error.status,
        title=text("title", error.title),
        detail=text("detail", error.detail),
        instance=text("instance", error.instance),
    )
