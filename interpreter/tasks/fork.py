"""`fork`: branches at the same time, all of them or the first one.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#fork
"""

from __future__ import annotations

from interpreter.document.model import Fork, TaskEntry
from interpreter.faults import Fault, Problem
from interpreter.live import cancel_branch
from interpreter.scope import Blocked, Scope
from interpreter.tasks.side_by_side import enter
from interpreter.values import Json, same
from interpreter.visit import Result, Visit

ENTERED = 50
"""Branches that take as much time as a step in a pass that finds nothing new in them."""


def execute(task: Fork, visit: Visit) -> Result:
    """The outputs in declared order; with `compete`, the output of the first branch to complete, the others being cancelled.

    Declaration order decides every tie. A fault ends the fork. In a competing one it only removes its branch, and so does an `if` that
    skips it: only who has completed wins. Where nobody does, a fault goes upward; where all were skipped, the input goes on.
    Frame: `done` (branch: `{output}`, `{fault}` or `{skipped}`), `kids` (branch: frame), `ctx` (branch: its context).
    """
    frame, branches = visit.frame, task.fork.branches
    _open(visit, branches)
    visit.run.strain(len(branches) // ENTERED)
    mark, blocked = visit.run.mark(), False
    for at, entry in enumerate(branches):
        if entry.name in frame["done"]:
            continue
        try:
            output, then = enter(visit, entry, _scope(visit, entry, at), visit.input, frame["kids"][entry.name], len(frame["kids"]))
        except Blocked:
            blocked = True
            continue
        except Fault as error:
            _leave(frame, entry, {"fault": error.problem.as_json()})
            if not task.fork.compete:
                visit.run.withdraw(mark)
                _cancel_rest(visit, branches)
                raise
            continue
        if task.fork.compete and "raw" not in frame["kids"][entry.name]:
            _leave(frame, entry, {"skipped": True})
            continue
        _leave(frame, entry, {"output": output})
        if task.fork.compete or then == "end":
            visit.run.withdraw(mark)
            _cancel_rest(visit, branches)
            visit.scope.export(frame["ctx"][entry.name])
            return Result(output, "end" if then == "end" else None, f"branch '{entry.name}' came first" if task.fork.compete else None)
    if blocked:
        raise Blocked
    if task.fork.compete:
        return _nobody(visit)
    visit.scope.export(_folded(visit.scope.context, [frame["ctx"][entry.name] for entry in branches]))
    outputs = [frame["done"][entry.name]["output"] for entry in branches]
    return Result(visit.run.admit(outputs, f"the output of '{visit.name}'"))


def _open(visit: Visit, branches: list[TaskEntry]) -> None:
    """A frame for each branch, and the fork's context; once."""
    frame = visit.frame
    if "kids" not in frame:
        frame["done"] = {}
        frame["kids"] = {entry.name: {} for entry in branches}
        frame["ctx"] = {entry.name: visit.scope.context for entry in branches}


def _nobody(visit: Visit) -> Result:
    """The end of a competition that no branch has won."""
    faults = [outcome["fault"] for outcome in visit.frame["done"].values() if "fault" in outcome]
    if faults:
        raise Fault(Problem.from_json(faults[-1]))
    return Result(visit.input, why="no branch ran")


def _scope(visit: Visit, entry: TaskEntry, at: int) -> Scope:
    scope = visit.scope
    name = entry.name.replace("~", "~0").replace("/", "~1")
    way = f"/fork/branches/{at}/{name}"
    return Scope(
        scope.run,
        scope.pointer + way,
        scope.address + way,
        scope.attempts,
        scope.index,
        scope.variables,
        visit.frame["ctx"],
        entry.name,
        True,
        None,
        scope.depth + 1,
        scope.calls,
        scope.extending,
        scope.heard,
    )


def _leave(frame: dict[str, Json], entry: TaskEntry, outcome: Json) -> None:
    """Record a branch's outcome and drop its frame in one step."""
    frame["done"][entry.name] = outcome
    del frame["kids"][entry.name]


def _cancel_rest(visit: Visit, branches: list[TaskEntry]) -> None:
    for at, entry in enumerate(branches):
        if entry.name in visit.frame["kids"]:
            cancel_branch(visit, entry, at)
            del visit.frame["kids"][entry.name]


def _folded(base: Json, contexts: list[Json]) -> Json:
    """The context after the join: each branch contributes only what it changed against the fork's own, in declared order.

    The specification is silent on this. Members added, altered or removed count one by one; where a side is no object, it counts as a whole.
    """
    folded = base
    for context in contexts:
        if context is base or same(context, base):
            continue
        if not all(isinstance(value, dict) for value in (base, context, folded)):
            folded = context
            continue
        changed = {name: value for name, value in context.items() if name not in base or not same(base[name], value)}
        removed = base.keys() - context.keys()
        folded = {name: value for name, value in {**folded, **changed}.items() if name in changed or name not in removed}
    return folded
