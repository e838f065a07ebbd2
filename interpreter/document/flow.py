"""How data flow through a document: what is known of the data that each part of it sees.

A task sees what comes by every way that leads to it. Where the flow can come back, by a `then` or in a loop, nothing is known.
"""

from __future__ import annotations

from typing import NamedTuple

from interpreter.document.data import Data, Known, either, shaped, written
from interpreter.document.inline import EACH
from interpreter.document.model import (
    AsyncApiCall,
    Do,
    Document,
    Emit,
    For,
    Fork,
    FunctionCall,
    HttpCall,
    Listen,
    OpenApiCall,
    Raise,
    Set,
    Switch,
    Task,
    TaskEntry,
    Try,
    Wait,
    WorkflowRun,
)
from interpreter.values import join

_RESPONSE = ("request", "statusCode", "headers", "content")
_PROCESS = ("code", "stdout", "stderr")
_EVENT = ("specversion", "id", "source", "time", "datacontenttype")
_INSIDE = ("with", "set", "emit", "switch", "wait", "raise", "run", "for", "timeout", "metadata")
"""Members of tasks whose expressions see the task's input."""


class _Way(NamedTuple):
    """A way out of a task: where it leads (a directive, or a task of the list), and the data that go it."""

    then: str
    data: Data


class _Outcome(NamedTuple):
    """What a task puts out before `output.as`, and where it may lead."""

    data: Data
    leads: tuple[str, ...]


def seen(document: Document) -> dict[str, Data]:
    """What is known of `.` at places (pointers) of a document; it holds for all that stands below them, up to the next place."""
    flow = _Flow()
    start = shaped(document.input.from_, None, "the workflow's 'input.from'") if document.input else None
    flow.seen["/output/as"], _ = flow.through_list(document.do, "/do", start)
    return flow.seen


class _Flow:
    """One walk through a document, every task once, each before those that it can lead to."""

    def __init__(self) -> None:
        self.seen: dict[str, Data] = {}

    def through_list(self, entries: list[TaskEntry], place: str, data: Data) -> tuple[Data, bool]:
        """What comes out of a task list, and whether the workflow can end in it."""
        places = {entry.name: at for at, entry in enumerate(entries)}
        again = {places[name] for at, entry in enumerate(entries) for name in _targets(entry.body) if places.get(name, at + 1) <= at}
        arriving: list[list[Data]] = [[data], *([] for _ in entries)]
        ends = False
        for at, entry in enumerate(entries):
            comes = None if at in again else either(arriving[at])
            for way in self.through_task(entry, join(place, at, entry.name), comes):
                ends = ends or way.then == "end"
                target = at + 1 if way.then == "continue" else places.get(way.then, len(entries))
                arriving[target].append(way.data)
        return either(arriving[-1]), ends

    def through_task(self, entry: TaskEntry, place: str, comes: Data) -> list[_Way]:
        """The ways out of a task, with the one past it where it may be skipped."""
        task, name = entry.body, f"'{entry.name}'"
        goes_in = shaped(task.input.from_, comes, f"'input.from' of {name}") if task.input else comes
        self.seen |= {place: None, join(place, "if"): comes, join(place, "input", "from"): comes}
        self.seen |= {join(place, member): goes_in for member in _INSIDE}
        if isinstance(task, FunctionCall):
            self.seen[join(place, *EACH)] = None
        outcome = self._through(task, place, goes_in, name)
        goes_out = shaped(task.output.as_, outcome.data, name) if task.output else outcome.data
        self.seen |= {join(place, "output", "as"): outcome.data, join(place, "export", "as"): goes_out}
        skipped = [_Way("continue", comes)] if task.if_ is not None else []
        return [*(_Way(then, goes_out) for then in outcome.leads), *skipped]

    def _through(self, task: Task, place: str, data: Data, name: str) -> _Outcome:
        on = (task.then or "continue",)
        match task:
            case Set():
                return _Outcome(shaped(task.set, data, name), on)
            case Switch():
                cases = tuple(case.body.then for case in task.switch)
                return _Outcome(data, cases if any(case.body.when is None for case in task.switch) else cases + on)
            case Wait():
                return _Outcome(data, on)
            case Raise():
                return _Outcome(None, ())
            case Do() | Try() | For() | Fork() | Listen() | AsyncApiCall():
                out, ends = self._through_tasks(task, place, data, name)
                caught = (task.catch.then or on[0],) if isinstance(task, Try) else ()
                return _Outcome(out, (*on, *caught, *(("end",) if ends else ())))
            case _:
                return _Outcome(_effect(task, data, name), on)

    def _through_tasks(self, task: Do | Try | For | Fork | Listen | AsyncApiCall, place: str, data: Data, name: str) -> tuple[Data, bool]:
        """What the tasks in a task give, and whether the workflow can end in them."""
        match task:
            case Do():
                return self.through_list(task.do, join(place, "do"), data)
            case Try():
                out, ends = self.through_list(task.try_, join(place, "try"), data)
                handled, ends_too = self.through_list(task.catch.do or [], join(place, "catch", "do"), data)
                return either((out, handled)), ends or ends_too
            case For():
                return None, self.through_list(task.do, join(place, "do"), None)[1]
            case Listen():
                each = task.foreach.do if task.foreach else None
                return None, self.through_list(each or [], join(place, "foreach", "do"), None)[1]
            case AsyncApiCall():
                subscription = task.with_.subscription
                self.seen[join(place, "with", "subscription")] = None  # a filter sees the message
                each = subscription.foreach.do if subscription and subscription.foreach else None
                return None, self.through_list(each or [], join(place, "with", "subscription", "foreach", "do"), None)[1]
            case Fork():
                return self._through_branches(task, place, data, name)

    def _through_branches(self, task: Fork, place: str, data: Data, name: str) -> tuple[Data, bool]:
        ways = [
            way
            for at, entry in enumerate(task.fork.branches)
            for way in self.through_task(entry, join(place, "fork", "branches", at, entry.name), data)
        ]
        ends = any(way.then == "end" for way in ways)
        if task.fork.compete:
            return (either(way.data for way in ways) if task.fork.branches else data), ends
        return (None if ends else Known(name, None)), ends


def _targets(task: Task) -> set[str]:
    """Where a task says that the flow goes on after it."""
    cases = [case.body.then for case in task.switch] if isinstance(task, Switch) else []
    return {then for then in (task.then, *cases, task.catch.then if isinstance(task, Try) else None) if then is not None}


def _effect(task: Task, data: Data, name: str) -> Data:
    """What comes back from outside, where its form is fixed."""
    match task:
        case HttpCall() | OpenApiCall() if task.with_.output == "response":
            return Known(name, dict.fromkeys(_RESPONSE))
        case Emit():
            given = written(task.emit.event.with_, data, name)
            return Known(name, dict.fromkeys(_EVENT) | dict(given.members)) if given and given.members is not None else None
        case WorkflowRun() if task.run.await_ and task.run.return_ == "all":
            return Known(name, dict.fromkeys(_PROCESS))
    return None
