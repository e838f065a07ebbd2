"""What every task may have.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#task
"""

from __future__ import annotations

from typing import Any

from interpreter.document.blocks import Directive, Expression, Maybe, node
from interpreter.document.model.resource import Export, Input, Output
from interpreter.document.model.scalars import Timeout


@node()
class TaskCommon:
    """Members of every task."""

    if_: Maybe[Expression] = None
    """The condition under which the task runs; otherwise it is skipped."""
    input: Maybe[Input] = None
    """What goes in."""
    output: Maybe[Output] = None
    """What comes out."""
    export: Maybe[Export] = None
    """What is left in the context."""
    timeout: Maybe[Timeout] = None
    """How long the task may take, or the name of a timeout in `use.timeouts`."""
    then: Maybe[Directive] = None
    """Where to go next: `continue`, `exit`, `end`, or a task of the same list."""
    metadata: Maybe[dict[str, Any]] = None
    """Notes of the author, free in form."""
