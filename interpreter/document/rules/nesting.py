"""How deep tasks and data may be nested."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.defaults import Limits
from interpreter.document.findings import Problem
from interpreter.document.model import TaskCommon
from interpreter.document.rules.source import Source
from interpreter.document.shapes import members
from interpreter.values import depth_exceeds, join

TASKS = 64
"""Tasks in each other, at most."""


def task_nesting(source: Source) -> Iterator[Problem]:
    """Tasks stand at most 64 deep; only the outermost one that is deeper is told."""
    open_tasks: list[str] = []
    told = ""
    for pointer, node in source.nodes:
        if not isinstance(node, TaskCommon) or (told and pointer.startswith(told)):
            continue
        while open_tasks and not pointer.startswith(open_tasks[-1] + "/"):
            open_tasks.pop()
        open_tasks.append(pointer)
        if len(open_tasks) > TASKS:
            told = pointer + "/"
            yield Problem(
                code="too-deep",
                pointer=pointer,
                message=f"tasks are nested deeper than {TASKS}; make a workflow of the inner ones",
                at="key",
            )


def data_depth(source: Source) -> Iterator[Problem]:
    """Data written in a document is no deeper than data that comes from outside may be."""
    limit = Limits().depth
    for pointer, node in source.nodes:
        for member in members(type(node)).values():
            value = getattr(node, member.field)
            if isinstance(value, dict | list) and member.shape.kind != "list" and depth_exceeds(value, limit):
                message = f"the data of '{member.name}' is nested deeper than {limit}"
                yield Problem(code="too-deep", pointer=join(pointer, member.name), message=message, at="key")
