"""`for`: a list of tasks for every item of a collection.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#for
"""

from __future__ import annotations

from interpreter.document.model import For
from interpreter.faults import fault
from interpreter.values import kind_of
from interpreter.visit import Result, Visit


def execute(task: For, visit: Visit) -> Result:
    """The last iteration's output, the input where there was none; each iteration gets the output of the one before.

    Frame: `items` (stored, as the body may change what they were computed from), `i`, `value`, `kid`.
    """
    frame = visit.frame
    if "items" not in frame:
        frame["items"] = _items(task, visit)
        frame["i"], frame["value"] = 0, visit.input
    each, at = task.for_.each, task.for_.at
    while (i := frame["i"]) < len(frame["items"]):
        variables = {each: frame["items"][i], at: i}
        if "kid" not in frame:
            if task.while_ is not None and not visit.place.holds(task.while_, frame["value"], f"while[{i}]", variables):
                return Result(frame["value"], why=f"ended by 'while' before item {i}")
            frame["kid"] = {}
        output, then = visit.tasks(task.do, "do", frame["value"], frame["kid"], variables=variables, index=i)
        del frame["kid"]
        frame["value"], frame["i"] = output, i + 1
        if then == "end":
            return Result(output, "end")
        if then == "exit":
            return Result(output, why=f"ended by 'exit' in item {i}")
    return Result(frame["value"])


def _items(task: For, visit: Visit) -> list[object]:
    items = visit.value(task.for_.in_, "for.in")
    if not isinstance(items, list):
        raise fault("expression", f"'for.in' must give an array; it gives {kind_of(items)}")
    visit.run.admit(items, f"the items of '{visit.name}'")
    return items
