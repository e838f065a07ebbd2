"""The effect `run.script`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#script-process
"""

from __future__ import annotations

import asyncio

from activities.documents import Documents
from activities.invocation import Invocation
from activities.process.interpreters import javascript, python
from activities.process.processes import Processes, Program
from interpreter.values import Json

_PROGRAMS = {"python": python, "javascript": javascript}


async def run_script(invocation: Invocation, documents: Documents, processes: Processes) -> Json:
    """What `with.return` asks for of a script, run in a process of its own.

    `with`: `{language: python|javascript, code | document, arguments?, environment?, stdin?, await, return, stdout}`.
    A `configuration` fault where the worker has nothing that runs the language; faults of the script's source as for an HTTP call.
    """
    with_ = invocation.with_
    code = with_["code"] if "code" in with_ else await documents.text(invocation)
    program: Program = await asyncio.to_thread(_PROGRAMS[with_["language"]], code)
    return await processes.perform(invocation, program)
