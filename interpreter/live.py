"""Which tasks are in progress and what each waits for, read from the frames; for people, and for telling what was cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interpreter.arguments import iso8601
from interpreter.callee import callee_in
from interpreter.document.blocks import Named
from interpreter.document.definition import Definition
from interpreter.document.inline import EACH, each_of
from interpreter.document.model import AsyncApiCall, Do, Document, For, Fork, FunctionCall, Listen, Task, TaskEntry, Try, Wait
from interpreter.effects import Notice
from interpreter.events import described
from interpreter.extensions import in_progress
from interpreter.state import State
from interpreter.values import Json, join

if TYPE_CHECKING:
    from interpreter.visit import Visit

Frame = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A task in progress: since when, what it waits for in words (None: for what is below it), and which attempt it is in."""

    reference: str
    name: str
    kind: str
    index: tuple[int, ...]
    since: int
    waiting: str | None
    attempt: int | None
    depth: int


def live(definition: Definition, state: State) -> list[Live]:
    """The tasks in progress, outermost first, branches in declared order."""
    return list(_in_list(definition.document, definition.document.do, "/do", state["root"].get("kid"), (), 0))


def cancel_below(visit: Visit) -> None:
    """Tell that every task in progress below this one was cancelled, innermost first."""
    _tell(visit, _below(visit.run.definition.document, visit.task, visit.scope.pointer, visit.frame, visit.scope.index, 0))


def cancel_tasks(visit: Visit, entries: list[TaskEntry], way: str) -> None:
    """The same for one task list of this task, whose frame is `kid`."""
    _tell(
        visit,
        _in_list(visit.run.definition.document, entries, f"{visit.scope.pointer}/{way}", visit.frame.get("kid"), visit.scope.index, 0),
    )


def cancel_branch(visit: Visit, entry: TaskEntry, at: int) -> None:
    """The same for one branch of this fork."""
    pointer = join(visit.scope.pointer, "fork", "branches", at, entry.name)
    _tell(visit, _in_task(visit.run.definition.document, entry, pointer, visit.frame["kids"][entry.name], visit.scope.index, 0))


def cancel_item(visit: Visit, entry: TaskEntry, key: str) -> None:
    """The same for one item of this call of `map`."""
    document, index = visit.run.definition.document, (*visit.scope.index, int(key))
    _tell(visit, _in_task(document, entry, join(visit.scope.pointer, *EACH), visit.frame["kids"][key], index, 0))


def _tell(visit: Visit, found: Iterator[Live]) -> None:
    for task in reversed(list(found)):
        visit.run.notices.append(
            Notice(kind="cancelled", reference=task.reference, name=task.name, kind_of_task=task.kind, at=visit.now, index=task.index)
        )


def _in_list(
    document: Document, entries: list[TaskEntry], pointer: str, frame: Frame | None, index: tuple[int, ...], depth: int
) -> Iterator[Live]:
    if frame and "kid" in frame:
        entry = entries[frame["at"]]
        yield from _in_task(document, entry, join(pointer, frame["at"], entry.name), frame["kid"], index, depth)


def _in_task(document: Document, entry: TaskEntry, pointer: str, frame: Frame, index: tuple[int, ...], depth: int) -> Iterator[Live]:
    if "started" not in frame:
        return
    task = entry.body
    yield Live(
        reference=pointer,
        name=entry.name,
        kind=task.KEY,
        index=index,
        since=frame["started"],
        waiting=_waiting(task, frame),
        attempt=frame["n"] if isinstance(task, Try) and "n" in frame else None,
        depth=depth,
    )
    yield from _below(document, task, pointer, frame, index, depth + 1)


def _below(document: Document, task: Task, pointer: str, frame: Frame, index: tuple[int, ...], depth: int) -> Iterator[Live]:
    """What is in progress below a task: in extensions around it, in the function that it calls, in its own tasks."""
    around = in_progress(document, frame)
    if around is not None:
        yield from _in_list(document, around.tasks, around.pointer, around.frame, index, depth)
    if isinstance(task, FunctionCall):
        yield from _in_call(document, task, pointer, frame, index, depth)
    else:
        yield from _in_own(document, task, pointer, frame, index, depth)


def _in_call(document: Document, call: FunctionCall, pointer: str, frame: Frame, index: tuple[int, ...], depth: int) -> Iterator[Live]:
    each = each_of(call)
    if "kid" in frame:
        callee = callee_in(document, call.call, frame)
        yield from _in_task(document, callee.entry, callee.pointer, frame["kid"], index, depth)
    elif "kids" in frame and each is not None:
        entry = Named(name=EACH[-1], body=each)
        for key, item in frame["kids"].items():
            yield from _in_task(document, entry, join(pointer, *EACH), item, (*index, int(key)), depth)


def _in_own(document: Document, task: Task, pointer: str, frame: Frame, index: tuple[int, ...], depth: int) -> Iterator[Live]:
    kid = frame.get("kid")
    match task:
        case Do():
            yield from _in_list(document, task.do, f"{pointer}/do", kid, index, depth)
        case For() if kid is not None:
            yield from _in_list(document, task.do, f"{pointer}/do", kid, (*index, frame["i"]), depth)
        case Try() if "error" in frame:
            yield from _in_list(document, task.catch.do or [], f"{pointer}/catch/do", kid, index, depth)
        case Try():
            yield from _in_list(document, task.try_, f"{pointer}/try", kid, index, depth)
        case Listen() if task.foreach is not None and kid is not None:
            yield from _in_list(document, task.foreach.do or [], f"{pointer}/foreach/do", kid, (*index, frame["n"]), depth)
        case AsyncApiCall() if kid is not None and task.with_.subscription is not None and task.with_.subscription.foreach is not None:
            way = "with/subscription/foreach/do"
            yield from _in_list(document, task.with_.subscription.foreach.do or [], f"{pointer}/{way}", kid, (*index, frame["n"]), depth)
        case Fork() if "kids" in frame:
            for at, entry in enumerate(task.fork.branches):
                if entry.name in frame["kids"]:
                    yield from _in_task(
                        document, entry, join(pointer, "fork", "branches", at, entry.name), frame["kids"][entry.name], index, depth
                    )


def _waiting(task: Task, frame: Frame) -> str | None:
    if isinstance(task, AsyncApiCall) and "got" in frame and "fetch" not in frame:
        return None if "item" in frame else f"messages of {task.with_.operation or task.with_.channel}"
    for slot in ("fetch", "effect"):
        if slot in frame:
            return f"the answer to {frame[slot]['summary'].rpartition(' · ')[2]}"
    match task:
        case Wait() if "wake" in frame:
            return f"{iso8601(frame['wake'])}"
        case Try() if "wake" in frame:
            return f"attempt {frame['n'] + 1} at {iso8601(frame['wake'])}"
        case Listen() if "got" in frame and "item" not in frame:
            return described(task.listen.to)
    return None
