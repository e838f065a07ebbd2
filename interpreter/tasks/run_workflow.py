"""`run: workflow`: another workflow, awaited or not.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#workflow-process
"""

from __future__ import annotations

from interpreter.document.model import WorkflowRun
from interpreter.effects import RUN_WORKFLOW
from interpreter.faults import fault
from interpreter.values import Json, encode
from interpreter.visit import Request, Result, Visit


def execute(task: WorkflowRun, visit: Visit) -> Result:
    """The child's output as `return` asks for it; without `await`, the input, as soon as the child has started."""
    abandon = not task.run.await_ or visit.scope.in_fork or visit.hints.get("detached") is True
    output = visit.perform(RUN_WORKFLOW, lambda: _request(task, visit, abandon=abandon), repeatable=abandon)
    if not task.run.await_:
        return Result(visit.input, plain=True)
    return Result(_returned(task.run.return_, output))


def _request(task: WorkflowRun, visit: Visit, *, abandon: bool) -> Request:
    target = task.run.workflow
    digest = visit.run.host.resolve(target.namespace, target.name, target.version)
    if digest is None:
        called = f"{target.namespace}/{target.name}:{target.version}"
        raise fault("configuration", f"this run carries no workflow {called}; give its document with --with when starting the run")
    arguments = {
        "namespace": target.namespace,
        "name": target.name,
        "version": target.version,
        "digest": digest,
        "input": {} if target.input is None else visit.fill(target.input, "run/workflow/input"),
        "await": task.run.await_,
    }
    return Request(arguments, summary=f"{target.namespace}/{target.name}:{target.version}", options={"abandon": abandon})


def _returned(wanted: str, output: Json) -> Json:
    """A workflow has no streams: its output stands for `stdout`, and it has ended well when it has an output at all."""
    match wanted:
        case "none":
            return None
        case "code":
            return 0
        case "stderr":
            return ""
        case "all":
            return {"code": 0, "stdout": encode(output), "stderr": ""}
    return output
