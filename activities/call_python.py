"""The effect `function.python`: a function of a Python module, in a process of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from activities.invocation import Invocation
from activities.process.interpreters import module
from activities.process.processes import Processes
from interpreter.values import Json, encode

_CALLER = Path(__file__).parent / "process" / "python_function.py"


async def call_python(invocation: Invocation, processes: Processes) -> Json:
    """What `with.function` of `with.module` returns, called with `with.arguments` (a list: one by one; an object: by name).

    The module is one that the worker's own Python can import. A `runtime` fault with the end of what it wrote to standard error
    where it cannot be called, raises, or returns what is no JSON. What it prints is not its result.
    """
    wanted = invocation.with_
    order = encode({name: wanted[name] for name in ("module", "function", "arguments")})
    how = {"stdin": order, "await": True, "return": "stdout", "stdout": "json"}
    return await processes.perform(replace(invocation, with_=how), module(f"{wanted['module']}.{wanted['function']}", _CALLER))
