"""`switch`: the first case that holds says where to go.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#switch
"""

from __future__ import annotations

from interpreter.document.model import Switch
from interpreter.visit import Result, Visit


def execute(task: Switch, visit: Visit) -> Result:
    """The transformed input; a case without `when` is the default wherever it stands, and without one the task's own `then` applies."""
    default = None
    for entry in task.switch:
        case = entry.body
        if case.when is None:
            default = default or entry
        elif visit.place.holds(case.when, visit.input, f"switch/{entry.name}"):
            return Result(visit.input, case.then, f"case '{entry.name}': {visit.place.language.source(case.when)}")
    if default is not None:
        return Result(visit.input, default.body.then, f"no case held: default '{default.name}'")
    return Result(visit.input, why="no case held")
