"""What `run: container`, `run: script` and `run: shell` have in common.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#run
"""

from __future__ import annotations

from collections.abc import Callable

from interpreter.document.model import ContainerSettings, ScriptSettings, ShellSettings
from interpreter.faults import fault
from interpreter.values import Json, encode
from interpreter.visit import Request, Result, Visit

_SUMMARY = 80
"""Characters of a command that a timeline shows."""

_READINGS = ("text", "json")


def execute(settings: ContainerSettings | ScriptSettings | ShellSettings, visit: Visit, kind: str, make: Callable[[], Request]) -> Result:
    """What `return` asks for, which the activity gives; the input where the process is not awaited, as soon as it has started."""
    output = visit.perform(kind, make)
    if not settings.await_:
        return Result(visit.input, plain=True)
    return Result(output)


def outcome(settings: ContainerSettings | ScriptSettings | ShellSettings, visit: Visit) -> dict[str, Json]:
    """The arguments `{await, return, stdout}` of the activity: the last one is how standard output is read, by the hint of that name."""
    reading = visit.hints.get("stdout", "text")
    if reading not in _READINGS:
        raise fault("configuration", f"the hint 'stdout' must be 'text' or 'json', found {encode(reading)}")
    return {"await": settings.await_, "return": settings.return_, "stdout": reading}


def shown(command: str) -> str:
    """The first line of a command, as the document has it, for timelines."""
    line = command.strip().partition("\n")[0].rstrip()
    return line if len(line) <= _SUMMARY and line == command.strip() else f"{line[:_SUMMARY]}…"
