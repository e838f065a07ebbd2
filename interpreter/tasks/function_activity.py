"""`call: activity:1.0.0@default`: any Temporal activity by type, task queue and arguments, whatever language it is written in."""

from __future__ import annotations

from interpreter import effects
from interpreter.document.model import FunctionCall
from interpreter.durations import length_of
from interpreter.faults import fault
from interpreter.tasks.given import given, text, whole_number
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit

_OURS = frozenset(value for name, value in vars(effects).items() if name.isupper())
_TIMES = ("startToClose", "scheduleToClose", "scheduleToStart", "heartbeat")


def execute(task: FunctionCall, visit: Visit) -> Result:
    """The activity's result; its failure is an error, a `runtime` one unless it carries a problem itself."""
    return Result(visit.perform(effects.FUNCTION_ACTIVITY, lambda: _request(task, visit)))


def _request(task: FunctionCall, visit: Visit) -> Request:
    """`with`: `{type, queue?, arguments: [...], attempts, startToClose?, …}`, durations in milliseconds.

    A list gives the arguments one by one, anything else is the only one. A failure is the document's business (`try`), so there is one
    attempt unless `attempts` says otherwise.
    """
    found = given(task, visit)
    kind, queue = text(found, "type"), text(found, "queue")
    if kind in _OURS or str(kind).startswith("workflow."):
        # They take what this engine has checked; called like this they would take anything.
        raise fault("authorization", f"'{kind}' is an activity of this product's own and cannot be called as a function")
    wanted: dict[str, Json] = {"type": kind, "arguments": _arguments(found), "attempts": whole_number(found, "attempts", 1)}
    if queue is not None:
        wanted["queue"] = queue
    wanted |= {member: length_of(found[member], member) for member in _TIMES if found.get(member) is not None}
    return Request(wanted, summary=f"{kind}{f' on {queue}' if queue else ''}")


def _arguments(found: dict[str, Json]) -> list[Json]:
    if "arguments" not in found:
        return []
    arguments = found["arguments"]
    return arguments if isinstance(arguments, list) else [arguments]
