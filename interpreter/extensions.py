"""Extensions: tasks that are run before and after other tasks.

Their output is dropped and what they export stays, so that a task may be watched without being changed. `exit` in `before`
skips the task: the data of that exit are its output. Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#extension
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from interpreter.document.model import Document, Extension, Task, TaskEntry
from interpreter.scope import Run, Scope
from interpreter.values import Json, join
from interpreter.visit import Result, Visit

Part = Literal["before", "after"]

_COMPOSITE = ("do", "fork")


class Tasks(NamedTuple):
    """A task list, where it stands, and its frame."""

    tasks: list[TaskEntry]
    pointer: str
    frame: dict[str, Json]


def extending(run: Run, scope: Scope, task: Task) -> list[int]:
    """Which of `use.extensions` are for a task of this kind here, whatever their `when` says; none for the workflow itself."""
    use = run.definition.document.use
    if use is None or not use.extensions or scope.extending or not scope.pointer:
        return []
    keyword = task.KEY.partition(".")[0]
    kinds = ("all", "composite" if keyword in _COMPOSITE else keyword)
    return [at for at, entry in enumerate(use.extensions) if entry.body.extend in kinds]


def before(visit: Visit) -> Result | None:
    """Run what comes before the task, extensions in declared order; the task's own result where one of them skips it.

    Frame: `around`: `which` (extensions that apply, asked once), `at` (how many of them have begun), `kid`.
    """
    frame = visit.frame
    if "around" not in frame:
        candidates = extending(visit.run, visit.scope, visit.task)
        if not candidates:
            return None
        frame["around"] = {"which": [at for at in candidates if _applies(visit, at)], "at": 0}
    around = frame["around"]
    while around["at"] < len(around["which"]):
        index = around["which"][around["at"]]
        output, then = _run(visit, index, "before", visit.input)
        around["at"] += 1
        if then == "end":
            around["at"] = 0
        if then != "continue":
            return Result(
                output, "end" if then == "end" else None, f"skipped by the extension '{_named(visit.run.definition.document, index)[0]}'"
            )
    return None


def after(visit: Visit) -> None:
    """Run what comes after the task, on its raw output, in the opposite order; only of extensions whose `before` has begun."""
    frame = visit.frame
    around = frame.get("around")
    while around and around["at"]:
        _, then = _run(visit, around["which"][around["at"] - 1], "after", frame["raw"])
        around["at"] -= 1
        if then == "end":
            frame["then"], around["at"] = "end", 0


def in_progress(document: Document, frame: dict[str, Json]) -> Tasks | None:
    """The tasks of an extension that are being run around a task, read from that task's frame."""
    around = frame.get("around")
    if not around or "kid" not in around:
        return None
    part: Part = "after" if "raw" in frame else "before"
    index = around["which"][around["at"] - (part == "after")]
    name, extension = _named(document, index)
    return Tasks(_tasks(extension, part), join("/use/extensions", index, name, part), around["kid"])


def _applies(visit: Visit, index: int) -> bool:
    when = _named(visit.run.definition.document, index)[1].when
    return when is None or visit.place.holds(when, visit.input, f"extensions[{index}]/when")


def _run(visit: Visit, index: int, part: Part, value: Json) -> tuple[Json, str]:
    name, extension = _named(visit.run.definition.document, index)
    tasks = _tasks(extension, part)
    if not tasks:
        return value, "continue"
    around, scope = visit.frame["around"], visit.scope
    below = replace(
        scope,
        pointer=join("/use/extensions", index, name, part),
        address=f"{scope.address}/{part}[{index}]",
        variables={**scope.variables, "task": visit.place.arguments["task"]},
        retry=None,
        extending=True,
    )
    output, then = visit.run_list(tasks, below, value, around.setdefault("kid", {}))
    del around["kid"]
    return output, then


def _named(document: Document, index: int) -> tuple[str, Extension]:
    use = document.use
    entry = (use.extensions if use and use.extensions else [])[index]
    return entry.name, entry.body


def _tasks(extension: Extension, part: Part) -> list[TaskEntry]:
    return (extension.before if part == "before" else extension.after) or []
