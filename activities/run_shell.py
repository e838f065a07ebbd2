"""The effect `run.shell`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#shell-process
"""

from __future__ import annotations

from activities.granted import granted
from activities.invocation import Invocation
from activities.process.given import text
from activities.process.processes import Processes, Program
from interpreter.values import Json

_SHELL = "/bin/sh"


async def run_shell(invocation: Invocation, processes: Processes) -> Json:
    """What `with.return` asks for of a command run by the worker's `/bin/sh`, its arguments as `$1` and so on.

    `with`: `{command, arguments?, environment?, stdin?, await, return, stdout}`. The command is given to the shell as it is: a value spliced into its
    text is code there; as an argument or in the environment it is only data.
    """
    command = text(invocation.with_["command"], "the command")
    grant = granted()
    if grant is not None:
        grant.command(command)
        grant.variables(invocation.with_.get("environment"))
    return await processes.perform(invocation, Program(what="the command", argv=lambda _: (_SHELL, "-c", command, "sh")))
