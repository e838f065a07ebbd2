"""Current details: where a run stands, as a Markdown tree for the Web UI and `temporal workflow metadata`.

Texts of the document stand in back-ticks: a Markdown reader would turn addresses, fractions and braces into something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from interpreter.defaults import INDEX
from interpreter.document.definition import Definition
from interpreter.document.model import AsyncApiCall, Do, For, Fork, FunctionCall, Listen, Task, TaskEntry, Try
from interpreter.effects import Notice
from interpreter.live import Live
from interpreter.temporal.memo import DEFINITION, memo_of, title_of
from interpreter.values import join

LINES = 200
TEXT = 120

DONE, RUNNING, WAITING, TO_COME, FAILED, SKIPPED = "✓", "▶", "‖", "○", "✗", "-"
_ENDED = {"completed": DONE, "faulted": FAILED, "cancelled": FAILED, "skipped": SKIPPED}


@dataclass(slots=True)
class Progress:
    """How the visits of each place have ended in this run of the chain: the last end, and how many completed."""

    ends: dict[str, str] = field(default_factory=dict)
    completed: dict[str, int] = field(default_factory=dict)

    def add(self, notices: Iterable[Notice]) -> None:
        """Take in what happened."""
        for notice in notices:
            if notice.kind in _ENDED:
                self.ends[notice.reference] = _ENDED[notice.kind]
            if notice.kind == "completed":
                self.completed[notice.reference] = self.completed.get(notice.reference, 0) + 1


class _Now:
    """The tasks in progress, outermost first, by where they stand."""

    def __init__(self, tasks: list[Live]) -> None:
        self._tasks = tasks
        self._places = {task.reference: at for at, task in enumerate(tasks)}

    def at(self, reference: str) -> Live | None:
        """The one that stands there; of several the last."""
        at = self._places.get(reference)
        return None if at is None else self._tasks[at]

    def guests(self, task: Task, here: Live) -> Iterator[Live]:
        """What is in progress below a task and does not stand in it: functions, their tasks, and those of extensions."""
        is_guest = False
        for below in islice(self._tasks, self._places[here.reference] + 1, None):
            if below.depth <= here.depth:
                return
            if below.depth == here.depth + 1:
                is_guest = isinstance(task, FunctionCall) or not below.reference.startswith(f"{here.reference}/")
            if is_guest:
                yield below


def render(definition: Definition, progress: Progress, tasks: Iterable[Live], *, run: int, suspended: bool) -> str:
    """The tree: what is done, in progress and to come; what is in progress is shown with what is below it, the rest in one line each."""
    now = _Now(list(tasks))
    title = title_of(definition.document)
    lines = [f"**{_plain(title)}** · {_code(memo_of(definition.document)[DEFINITION])} · run {run}", ""]
    if suspended:
        lines += [f"{WAITING} **suspended**: nothing new starts until it is resumed", ""]
    for line in _list(definition.document.do, "/do", progress, now, 0):
        if len(lines) >= LINES:
            lines.append("…")
            break
        lines.append(line)
    return "\n".join(lines)


def _list(entries: list[TaskEntry], pointer: str, progress: Progress, now: _Now, depth: int) -> Iterator[str]:
    for at, entry in enumerate(entries):
        reference = join(pointer, at, entry.name)
        here = now.at(reference)
        yield "  " * depth + "- " + _line(entry, reference, progress, here)
        if here is not None:
            for task in now.guests(entry.body, here):
                yield "  " * (depth + task.depth - here.depth) + "- " + _running(task)
            for below, way in _below(entry.body):
                yield from _list(below, join(reference, *way), progress, now, depth + 1)


def _line(entry: TaskEntry, reference: str, progress: Progress, here: Live | None) -> str:
    name = _code(entry.name)
    count = progress.completed.get(reference, 0)
    times = f" · {count} times" if count > 1 else ""
    if here is None:
        return f"{progress.ends.get(reference, TO_COME)} {name}{times}"
    return _running(here) + times


def _running(task: Live) -> str:
    mark = RUNNING if task.waiting is None else WAITING
    parts = [f"{mark} {_code(task.name)}"]
    if task.index:
        parts.append(_code(f"{INDEX} {', '.join(map(str, task.index))}"))
    if task.attempt is not None and task.attempt > 1:
        parts.append(f"attempt {task.attempt}")
    if task.waiting is not None:
        parts.append(f"waits for {_code(task.waiting)}")
    parts.append(f"since {_code(_clock(task.since))}")
    return " · ".join(parts)


def _below(task: Task) -> Iterator[tuple[list[TaskEntry], tuple[str, ...]]]:
    match task:
        case Do():
            yield task.do, ("do",)
        case For():
            yield task.do, ("do",)
        case Fork():
            yield task.fork.branches, ("fork", "branches")
        case Try():
            yield task.try_, ("try",)
            yield task.catch.do or [], ("catch", "do")
        case Listen() if task.foreach is not None:
            yield task.foreach.do or [], ("foreach", "do")
        case AsyncApiCall() if task.with_.subscription is not None and task.with_.subscription.foreach is not None:
            yield task.with_.subscription.foreach.do or [], ("with", "subscription", "foreach", "do")


def _code(text: str) -> str:
    text = text.replace("`", "'").replace("\n", " ")
    return f"`{text if len(text) <= TEXT else text[: TEXT - 1] + '…'}`"


def _plain(text: str) -> str:
    return text.replace("*", "").replace("`", "'").replace("\n", " ")[:TEXT]


def _clock(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment.isoformat(sep=' ')[:19]}Z"
