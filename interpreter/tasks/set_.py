"""`set`: the data becomes what the document says; nothing of the input is kept unless named.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#set
"""

from __future__ import annotations

from interpreter.document.model import Set
from interpreter.visit import Result, Visit


def execute(task: Set, visit: Visit) -> Result:
    """The filled object, or what the one expression gives."""
    value = visit.value(task.set, "set") if isinstance(task.set, str) else visit.fill(task.set, "set")
    return Result(visit.run.admit(value, f"the data of '{visit.name}'"))
