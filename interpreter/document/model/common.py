"""What every task may have.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#task
"""

from __future__ import annotations

from typing import Annotated, Any

from interpreter.document.blocks import Directive, Expression, Maybe, Notes, node
from interpreter.document.model.hints import TaskHints
from interpreter.document.model.resource import Export, Input, Output
from interpreter.document.model.scalars import Timeout


@node()
class TaskCommon:
    """What every task may have, whatever its kind.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#task

    A task goes through these in order: `if`, `input.schema`, `input.from`, the task itself within its `timeout`, `output.as`,
    `output.schema`, `export.as`, `export.schema`, `then`. Its output is the raw input of the next task: it replaces the data, so what
    is needed later is kept by `export` and read as `$context`.
    """

    if_: Maybe[Expression] = None
    """The condition under which the task runs. Where it does not hold, the task is skipped: its raw input passes on, and nothing else of
    it is done."""
    input: Maybe[Input] = None
    """How the data that come in are checked and shaped for the task."""
    output: Maybe[Output] = None
    """How the data that the task puts out are shaped and checked for what comes after it."""
    export: Maybe[Export] = None
    """What the task leaves in the context, `$context`."""
    timeout: Maybe[Timeout] = None
    """How long the task may take, retries and waiting included; or the name of a timeout in `use.timeouts`."""
    then: Maybe[Directive] = None
    """Where to go next: `continue` (the next task, and the default), `exit` (out of this list), `end` (of the workflow), or the name of a
    task in the same list."""
    metadata: Maybe[Annotated[dict[str, Any], Notes(TaskHints)]] = None
    """Notes of the author, free in form; `metadata.swtemporal` holds this product's hints."""
