"""`call: python:1.0.0@default`: a function of a Python module that the worker has installed, in a process of its own."""

from __future__ import annotations

import re

from interpreter.document.model import FunctionCall
from interpreter.effects import FUNCTION_PYTHON
from interpreter.faults import fault
from interpreter.tasks.given import given, text
from interpreter.values import kind_of
from interpreter.visit import Request, Result, Visit

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def execute(task: FunctionCall, visit: Visit) -> Result:
    """What the function returns; an error in it is a `runtime` error."""
    return Result(visit.perform(FUNCTION_PYTHON, lambda: _request(task, visit)))


def _request(task: FunctionCall, visit: Visit) -> Request:
    """`with`: `{module, function, arguments}`, arguments as a list (one by one) or an object (by name)."""
    found = given(task, visit)
    module, function, arguments = text(found, "module"), text(found, "function"), found.get("arguments", [])
    for name, value in (("module", module), ("function", function)):
        if not _NAME.fullmatch(str(value)):
            raise fault("validation", f"'{name}' must be the name of one in Python, found '{value}'")
    if not isinstance(arguments, list | dict):
        raise fault("validation", f"'arguments' must be an array or an object, found {kind_of(arguments)}")
    return Request({"module": module, "function": function, "arguments": arguments}, summary=f"{module}.{function}")
