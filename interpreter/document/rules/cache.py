"""Where results may be kept, and how that is written."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.cache_hint import HINT, mistakes
from interpreter.document.catalogs import BUILT_IN, DEFAULT, HTTP_CONTAINER
from interpreter.document.findings import Problem
from interpreter.document.hints import METADATA_HINTS, hints_in
from interpreter.document.model import (
    A2aCall,
    AsyncApiCall,
    ContainerRun,
    Emit,
    FunctionCall,
    GrpcCall,
    HttpCall,
    McpCall,
    OpenApiCall,
    ScriptRun,
    ShellRun,
    TaskCommon,
    WorkflowRun,
)
from interpreter.document.rules.source import Source
from interpreter.values import join

_CACHED = (HttpCall, OpenApiCall, GrpcCall, McpCall, A2aCall)
_KEEPING = (HTTP_CONTAINER, "python:1.0.0")


def cache(source: Source) -> Iterator[Problem]:
    """`metadata.swtemporal.cache` stands at a call or a process whose result is awaited, and says for how long the result is kept."""
    for pointer, task in source.of(TaskCommon):
        hints = hints_in(task.metadata)
        if HINT not in hints:
            continue
        place = join(pointer, *METADATA_HINTS, HINT)
        why = _refused(task, source)
        if why is not None:
            yield _misplaced(place, why)
            continue
        for wrong in mistakes(hints[HINT]):
            at = place if wrong.member is None else join(place, wrong.member)
            yield Problem(code=wrong.code, pointer=at, message=wrong.message, at=wrong.at, nearest=wrong.nearest)


def _refused(task: TaskCommon, source: Source) -> str | None:
    """Why the result of a task cannot be kept, if so."""
    match task:
        case ContainerRun() | ScriptRun() | ShellRun():
            return None if task.run.await_ else "needs a result, and with 'await: false' there is none"
        case WorkflowRun():
            return "cannot keep what a workflow gives, since that has effects of its own: write it at the calls in that workflow"
        case FunctionCall():
            return _of_function(task, source)
        case AsyncApiCall() | Emit():
            return "cannot stand here: a message that is not sent, or not received, is lost"
        case _:
            return None if isinstance(task, _CACHED) else "stands at a 'call' or a 'run' only, whose result comes from outside"


def _of_function(call: FunctionCall, source: Source) -> str | None:
    name, _, catalog = call.call.rpartition("@")
    replaced = DEFAULT in (source.use.catalogs or {}) or DEFAULT in source.catalogs
    if catalog != DEFAULT or name not in BUILT_IN or replaced:
        return "stands in the function itself, at the task whose result is to be kept"
    return None if name in _KEEPING else f"cannot keep what the function '{name}' gives"


def _misplaced(pointer: str, why: str) -> Problem:
    return Problem(code="misplaced", pointer=pointer, message=f"'{HINT}' {why}", at="key")
