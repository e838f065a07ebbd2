"""What every task goes through, written once: `if`, input, the task itself, output, export, `then`; and lists of tasks.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#data-flow
"""

from __future__ import annotations

from interpreter import extensions
from interpreter.arguments import Arguments, Stage, WorkflowArguments
from interpreter.dataflow import Place
from interpreter.defaults import NESTING
from interpreter.document.model import Task, TaskEntry, TimeoutParts
from interpreter.faults import Fault, fault
from interpreter.live import cancel_below
from interpreter.schemas import hold
from interpreter.scope import Blocked, Scope
from interpreter.tasks import execute
from interpreter.values import Json
from interpreter.visit import Result, Visit

Frame = dict[str, Json]


def run_list(entries: list[TaskEntry], scope: Scope, value: Json, frame: Frame) -> tuple[Json, str]:
    """Run a task list from where its frame stands; gives the last output and how the list ended: `continue`, `exit` or `end`.

    Frame: `at` (index), `value` (the next task's raw input), `n` (tasks begun so far: it tells visits of a task apart), `kid`.
    """
    if "at" not in frame:
        frame["at"], frame["value"], frame["n"] = 0, value, 0
    while (at := frame["at"]) < len(entries):
        entry = entries[at]
        output, then = run_task(entry, place_of(entry, at, frame["n"], scope), frame["value"], frame.setdefault("kid", {}))
        del frame["kid"]
        frame["value"] = output
        frame["n"] += 1
        if then == "continue":
            frame["at"] = at + 1
        elif then in {"exit", "end"}:
            return output, then
        else:
            frame["at"] = index_of(entries, then)
    return frame["value"], "continue"


def place_of(entry: TaskEntry, at: int, visit: int, scope: Scope) -> Scope:
    """The scope of the task at index `at` of a list; `visit` is part of the address where the list did not simply go on."""
    name = entry.name.replace("~", "~0").replace("/", "~1")
    way = f"/{at}/{name}"
    return scope.at(scope.pointer + way, scope.address + way if visit == at else f"{scope.address}{way}#{visit}")


def index_of(entries: list[TaskEntry], name: str) -> int:
    """The index of the task that `then` names; a `configuration` fault when it is not in this list."""
    for index, entry in enumerate(entries):
        if entry.name == name:
            return index
    raise fault("configuration", f"'then' names the task '{name}', which is not in the same list")


def run_task(
    entry: TaskEntry, scope: Scope, value: Json, frame: Frame, arguments: Arguments | WorkflowArguments | None = None
) -> tuple[Json, str]:
    """Run one task from where its frame stands; gives its transformed output and where to go next.

    Frame: `raw_in`, `started`, `in`, `deadline`, `around` (extensions), `raw`, `then`, `why`, `about`, `plain`, `out`, `checked`, `exported`,
    and what the kind needs.
    """
    task = entry.body
    if arguments is None:
        arguments = Arguments(scope, entry.name, frame)
    visit = Visit(
        entry.name, task, scope, frame, Place(scope.run, scope.address + scope.attempts, arguments, scope.pointer), run_list, run_task
    )
    if "started" not in frame:
        scope.run.step()
        frame["raw_in"], frame["started"] = value, scope.run.now
        if scope.depth > NESTING:
            visit.notice("started", input=value)
            raise _claimed(visit, fault("configuration", f"tasks and the functions they call stand more than {NESTING} deep in each other"))
        if not _passes(visit):
            return value, "continue"
        visit.notice("started", input=value)
    mark = scope.run.mark()
    try:
        return _steps(visit, arguments)
    except Fault as error:
        raise _claimed(visit, error) from error
    except Blocked:
        # Only who is blocked can time out: a result that is already there beats a deadline of the same instant.
        if "deadline" in frame and scope.run.now >= frame["deadline"]:
            scope.run.withdraw(mark)
            cancel_below(visit)
            raise _claimed(visit, fault("timeout", f"'{entry.name}' took longer than its timeout allows")) from None
        if "deadline" in frame:
            visit.alarm(frame["deadline"], "timeout")
        raise


def _passes(visit: Visit) -> bool:
    """Whether the task's `if` holds; a skipped task leaves nothing but a notice."""
    if visit.task.if_ is None:
        return True
    try:
        if visit.place.holds(visit.task.if_, visit.frame["raw_in"], "if"):
            return True
    except Fault as error:
        visit.notice("started", input=visit.frame["raw_in"])
        raise _claimed(visit, error) from error
    visit.notice("skipped", why=f"if: {visit.place.language.source(visit.task.if_)}")
    return False


def _claimed(visit: Visit, error: Fault) -> Fault:
    """The fault with this task as its instance, unless a task below claimed it before."""
    problem = error.problem.at(visit.scope.pointer)
    visit.notice("faulted", error=problem.as_json())
    return Fault(problem, exhausted=error.exhausted, final=error.final)


def _steps(visit: Visit, arguments: Arguments | WorkflowArguments) -> tuple[Json, str]:
    task, frame = visit.task, visit.frame
    if "in" not in frame:
        _enter(visit, arguments)
    arguments.stage = Stage.INSIDE
    if "raw" not in frame:
        result = extensions.before(visit) or execute(visit)
        frame["raw"] = result.output
        frame["then"] = _direction(task, result)
        if result.why is not None:
            frame["why"] = result.why
        if result.about:
            frame["about"] = dict(result.about)
        if result.plain:
            frame["out"], frame["plain"] = result.output, True
    extensions.after(visit)
    if "plain" in frame:
        return _completed(visit)
    if "out" not in frame:
        arguments.stage = Stage.OUTPUT
        frame["out"] = _shaped(visit)
    if task.output is not None and task.output.schema is not None and "checked" not in frame:
        hold(visit, task.output.schema, frame["out"], "the output", "output/schema")
        frame["checked"] = True
    if task.export is not None and task.export.as_ is not None and "exported" not in frame:
        arguments.stage = Stage.EXPORT
        context = visit.place.transform(task.export.as_, frame["out"], "export.as")
        visit.scope.export(visit.run.admit(context, f"what '{visit.name}' exports"))
        frame["exported"] = True
    hold(visit, task.export.schema if task.export else None, visit.scope.context, "the exported context", "export/schema")
    return _completed(visit)


def _completed(visit: Visit) -> tuple[Json, str]:
    frame = visit.frame
    why = {"why": frame["why"]} if "why" in frame else {}
    visit.notice(
        "completed",
        output=frame["out"],
        **why,
        **frame.get("about", {}),
        **({} if frame["then"] == "continue" else {"then": frame["then"]}),
    )
    return frame["out"], frame["then"]


def _enter(visit: Visit, arguments: Arguments | WorkflowArguments) -> None:
    """Steps before the task itself: schema on the raw input, `input.from`, the deadline."""
    task, frame = visit.task, visit.frame
    shaped = frame["raw_in"]
    if task.input is not None:
        hold(visit, task.input.schema, shaped, "the input", "input/schema")
        if task.input.from_ is not None:
            shaped = visit.run.admit(visit.place.transform(task.input.from_, shaped, "input.from"), f"the input of '{visit.name}'")
    frame["in"] = shaped
    if task.timeout is not None:
        arguments.stage = Stage.INSIDE
        frame["deadline"] = frame["started"] + timeout_of(visit)


def timeout_of(visit: Visit) -> int:
    """How long the task may take, in milliseconds."""
    timeout = visit.task.timeout
    if isinstance(timeout, str):
        use = visit.run.definition.document.use
        named = ((use and use.timeouts) or {}).get(timeout)
        if named is None:
            raise fault("configuration", f"'use.timeouts' has no '{timeout}'")
        timeout = named
    if not isinstance(timeout, TimeoutParts):
        raise TypeError(f"a task without a timeout has no deadline: {visit.scope.pointer}")
    return visit.milliseconds(timeout.after, "timeout.after")


def _direction(task: Task, result: Result) -> str:
    """Where to go next: what the task decided (`switch`, `end` from below), else its own `then`, else on."""
    return result.then or task.then or "continue"


def _shaped(visit: Visit) -> Json:
    output = visit.task.output
    if output is None or output.as_ is None:
        return visit.frame["raw"]
    return visit.run.admit(visit.place.transform(output.as_, visit.frame["raw"], "output.as"), f"the output of '{visit.name}'")
