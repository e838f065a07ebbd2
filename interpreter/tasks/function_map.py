"""`call: map:1.0.0@default`: a task or a function for each of many items, some of them at a time."""

from __future__ import annotations

from dataclasses import replace

from interpreter.defaults import INDEX, ITEM
from interpreter.document.blocks import Named
from interpreter.document.inline import EACH, each_of
from interpreter.document.model import FunctionCall, TaskEntry
from interpreter.faults import Fault, fault
from interpreter.live import cancel_item
from interpreter.scope import Blocked, Scope
from interpreter.tasks.given import given, whole_number
from interpreter.tasks.side_by_side import enter
from interpreter.values import Json, join, kind_of
from interpreter.visit import Result, Visit

CONCURRENCY = 20
"""Items in work at once, unless the call says otherwise."""


def execute(task: FunctionCall, visit: Visit) -> Result:
    """What came of each item, in the order of the items; in the place of one that failed, while that is tolerated, its error.

    An item is the input of its task, which also sees it as `$item` and its number as `$index`. What a task exports is seen by
    what comes after it in the same item, and ends with the item.
    Frame: `items`, `wide` (how many at once), `spare` (failures that are still tolerated), `next` (items begun), `got` (what came of
    each so far), `kids` and `ctx` (frames and contexts of the items in work, by number).
    """
    frame = visit.frame
    if "items" not in frame:
        _open(task, visit)
    entry = _entry(task)
    mark, blocked = visit.run.mark(), set[str]()
    while True:
        _begin(visit)
        waiting = [key for key in frame["kids"] if key not in blocked]
        if not waiting:
            break
        for key in waiting:
            try:
                output, then = enter(visit, entry, _scope(visit, key), frame["items"][int(key)], frame["kids"][key], len(frame["kids"]))
            except Blocked:
                blocked.add(key)
                continue
            except Fault as error:
                _leave(visit, key, error.problem.as_json())
                frame["spare"] -= 1
                if frame["spare"] < 0:
                    _cancel(visit, entry, mark)
                    raise
                continue
            _leave(visit, key, output)
            if then == "end":
                _cancel(visit, entry, mark)
                return Result(output, "end")
    if blocked:
        raise Blocked
    return Result(visit.run.admit(frame["got"], f"the output of '{visit.name}'"))


def _open(task: FunctionCall, visit: Visit) -> None:
    arguments, frame = given(task, visit, without=frozenset({EACH[-1]})), visit.frame
    items = arguments["items"]
    if not isinstance(items, list):
        raise fault("validation", f"'items' must be an array, found {kind_of(items)}")
    if each_of(task) is None:
        raise fault("validation", "'each' must be a task, or the name of a function, and stand in the document")
    share = arguments.get("tolerate", 0)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise fault("validation", "'tolerate' must be a share of the items, from 0 to 1")
    wide = whole_number(arguments, "concurrency", CONCURRENCY)
    frame["items"] = visit.run.admit(items, f"the items of '{visit.name}'")
    # A tenth of ten is one, though not as doubles.
    frame["wide"], frame["spare"], frame["next"] = wide, int(share * len(items) + 1e-9), 0
    frame["got"], frame["kids"], frame["ctx"] = [None] * len(items), {}, {}


def _begin(visit: Visit) -> None:
    """As many items as there is room for."""
    frame = visit.frame
    while frame["next"] < len(frame["items"]) and len(frame["kids"]) < frame["wide"]:
        key = str(frame["next"])
        frame["kids"][key], frame["ctx"][key] = {}, visit.scope.context
        frame["next"] += 1


def _leave(visit: Visit, key: str, outcome: Json) -> None:
    """Record what came of an item and drop its frame in one step."""
    frame = visit.frame
    frame["got"][int(key)] = outcome
    del frame["kids"][key], frame["ctx"][key]


def _cancel(visit: Visit, entry: TaskEntry, mark: tuple[int, int]) -> None:
    """Nothing more of what is in work."""
    visit.run.withdraw(mark)
    for key in list(visit.frame["kids"]):
        cancel_item(visit, entry, key)
        del visit.frame["kids"][key]


def _entry(task: FunctionCall) -> TaskEntry:
    body = each_of(task)
    if body is None:
        raise TypeError(f"a call of {task.call} without 'each' is not begun")
    return Named(name=EACH[-1], body=body)


def _scope(visit: Visit, key: str) -> Scope:
    scope, index = visit.scope, int(key)
    return replace(
        scope,
        pointer=join(scope.pointer, *EACH),
        address=f"{scope.address}/each[{index}]",
        index=(*scope.index, index),
        variables={**scope.variables, ITEM: visit.frame["items"][index], INDEX: index},
        contexts=visit.frame["ctx"],
        context_key=key,
        in_fork=True,
        retry=None,
        depth=scope.depth + 1,
    )
