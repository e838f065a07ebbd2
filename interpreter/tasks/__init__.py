"""One file per task kind; the one place where a kind finds its executor."""

from __future__ import annotations

from typing import assert_never

from interpreter.document.model import (
    A2aCall,
    AsyncApiCall,
    ContainerRun,
    Do,
    Emit,
    For,
    Fork,
    FunctionCall,
    GrpcCall,
    HttpCall,
    Listen,
    McpCall,
    OpenApiCall,
    Raise,
    ScriptRun,
    Set,
    ShellRun,
    Switch,
    Try,
    Wait,
    WorkflowRun,
)
from interpreter.tasks import (
    call_a2a,
    call_asyncapi,
    call_function,
    call_grpc,
    call_http,
    call_mcp,
    call_openapi,
    do,
    emit,
    for_,
    fork,
    listen,
    raise_,
    run_container,
    run_script,
    run_shell,
    run_workflow,
    set_,
    switch,
    try_,
    wait,
)
from interpreter.visit import Result, Visit


def execute(visit: Visit) -> Result:  # noqa: C901, PLR0911, PLR0912 - one line per kind, so that the type checker can prove that none is missing
    """Do what a task's kind does; entered again after every wake-up until it returns or raises."""
    match visit.task:
        case Set() as task:
            return set_.execute(task, visit)
        case Do() as task:
            return do.execute(task, visit)
        case Switch() as task:
            return switch.execute(task, visit)
        case For() as task:
            return for_.execute(task, visit)
        case Fork() as task:
            return fork.execute(task, visit)
        case Try() as task:
            return try_.execute(task, visit)
        case Raise() as task:
            return raise_.execute(task, visit)
        case Wait() as task:
            return wait.execute(task, visit)
        case Emit() as task:
            return emit.execute(task, visit)
        case Listen() as task:
            return listen.execute(task, visit)
        case AsyncApiCall() as task:
            return call_asyncapi.execute(task, visit)
        case FunctionCall() as task:
            return call_function.execute(task, visit)
        case HttpCall() as task:
            return call_http.execute(task, visit)
        case GrpcCall() as task:
            return call_grpc.execute(task, visit)
        case McpCall() as task:
            return call_mcp.execute(task, visit)
        case A2aCall() as task:
            return call_a2a.execute(task, visit)
        case OpenApiCall() as task:
            return call_openapi.execute(task, visit)
        case WorkflowRun() as task:
            return run_workflow.execute(task, visit)
        case ContainerRun() as task:
            return run_container.execute(task, visit)
        case ScriptRun() as task:
            return run_script.execute(task, visit)
        case ShellRun() as task:
            return run_shell.execute(task, visit)
        case _:
            assert_never(visit.task)
