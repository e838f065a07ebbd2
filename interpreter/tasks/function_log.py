"""`call: log:1.0.0@default`: a line in the worker's log and in the run's trace; the data go past it unchanged."""

from __future__ import annotations

from interpreter.document.model import FunctionCall
from interpreter.faults import fault
from interpreter.tasks.given import given
from interpreter.values import encode
from interpreter.visit import Result, Visit

LEVELS = {
    "trace": "debug",
    "debug": "debug",
    "info": "info",
    "information": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "critical": "critical",
    "fatal": "critical",
}


def execute(task: FunctionCall, visit: Visit) -> Result:
    """The call's input. It costs nothing in history: what is told is a notice, which the shell writes into the worker's log."""
    arguments = given(task, visit)
    level, message = arguments.get("level", "info"), arguments["message"]
    if not isinstance(level, str) or level.lower() not in LEVELS:
        raise fault("validation", f"'level' must be one of {', '.join(LEVELS)}")
    visit.notice("logged", level=LEVELS[level.lower()], message=message if isinstance(message, str) else encode(message))
    return Result(visit.input)
