"""Where `then` leads."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import Switch, Task, Try
from interpreter.document.rules.source import Source
from interpreter.document.spelling import nearest
from interpreter.values import join

DIRECTIVES = ("continue", "exit", "end")


def unknown_target(source: Source) -> Iterator[Problem]:
    """A target is a directive or a task of the same list; T11."""
    for pointer, entries in source.lists:
        # Each branch of a fork is a scope of its own: it has no siblings to go to.
        names = [] if pointer.endswith("/branches") else [entry.name for entry in entries]
        for index, entry in enumerate(entries):
            yield from _of_task(entry.body, join(pointer, index, entry.name), names)
    for name, task in (source.use.functions or {}).items():
        yield from _of_task(task, join("/use/functions", name), [])


def _of_task(task: Task, place: str, names: list[str]) -> Iterator[Problem]:
    targets = {join(place, "then"): task.then}
    if isinstance(task, Switch):
        targets |= {join(place, "switch", index, case.name, "then"): case.body.then for index, case in enumerate(task.switch)}
    if isinstance(task, Try):
        targets[join(place, "catch", "then")] = task.catch.then
    for pointer, target in targets.items():
        if target is not None and target not in names and target not in DIRECTIVES:
            near = nearest(target, [*names, *DIRECTIVES])
            hint = f"; did you mean '{near}'?" if near else "; 'then' leads to a task of its own list, continue, exit or end"
            yield Problem(code="unknown-target", pointer=pointer, message=f"there is no task '{target}' in this list{hint}", nearest=near)
