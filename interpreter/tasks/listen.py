"""`listen`: events are waited for, one at a time, in the order in which they came.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#listen
"""

from __future__ import annotations

from interpreter.document.model import AllEvents, AnyEvent, EventStrategy, Listen, OneEvent
from interpreter.events import admits, described, filters_of, read
from interpreter.languages import Language
from interpreter.scope import Blocked
from interpreter.state import consume
from interpreter.tasks.foreach import handle
from interpreter.values import Json
from interpreter.visit import Result, Visit


def execute(task: Listen, visit: Visit) -> Result:
    """The array of what was consumed, each item as `read` and `foreach` make it.

    Frame: `got` (outputs), `n` (consumed so far), `seen` (last event looked at), `open` (filters not met yet), `keys` (correlation),
    `read` (items for an `until` that counts them beside a `foreach`), `until` (filters of an ending strategy not met yet),
    `item`, `kid`, `result`, `shaped`, `exported` (one event being handled), `stop`.
    """
    frame, to = visit.frame, task.listen.to
    if "got" not in frame:
        _begin(task, visit)
    while True:
        if "item" in frame:
            then = _handle(task, visit)
            if then == "end":
                return Result(frame["got"], "end", about=_correlation(to, frame))
        elif frame["stop"]:
            return Result(frame["got"], about=_correlation(to, frame))
        else:
            _take(to, task.listen.read, visit)


def _begin(task: Listen, visit: Visit) -> None:
    frame, to = visit.frame, task.listen.to
    frame["got"], frame["n"], frame["seen"], frame["keys"] = [], 0, 0, {}
    frame["open"] = list(range(len(filters_of(to))))
    frame["stop"] = not _waits(to)
    if isinstance(to, AnyEvent) and isinstance(to.until, AllEvents | AnyEvent | OneEvent):
        frame["until"] = list(range(len(filters_of(to.until))))
    if not frame["stop"]:
        visit.notice("waiting", events=described(to))


def _waits(to: EventStrategy) -> bool:
    """Whether there is anything to wait for."""
    return not isinstance(to, AllEvents) or bool(to.all)


def _correlation(to: EventStrategy, frame: dict[str, Json]) -> dict[str, Json]:
    """The keys by which events were correlated, for whoever is told of it; nothing where none was waited for."""
    return {"keys": frame["keys"]} if _waits(to) else {}


def _take(to: EventStrategy, mode: str, visit: Visit) -> None:
    """Look at the next event of the inbox; what is consumed leaves the inbox and enters the frame in one step."""
    frame = visit.frame
    entry = next((entry for entry in visit.run.state["inbox"] if entry["seq"] > frame["seen"]), None)
    if entry is None:
        raise Blocked
    visit.run.step()
    event = entry["event"]
    if isinstance(to, AnyEvent) and "until" in frame and isinstance(to.until, AllEvents | AnyEvent | OneEvent):
        met = _met(visit, to.until, frame["until"], event, "listen/to/until")
        if met is not None:
            frame["until"].remove(met) if met >= 0 else None
            frame["stop"] = isinstance(to.until, AnyEvent | OneEvent) or not frame["until"]
            consume(visit.run.state, entry)
            frame["seen"] = entry["seq"]
            return
    met = _met(visit, to, frame["open"], event, "listen/to")
    frame["seen"] = entry["seq"]
    if met is None:
        return
    if not isinstance(to, AnyEvent):
        frame["open"].remove(met)
    consume(visit.run.state, entry)
    frame["item"] = read(event, mode)


def _met(visit: Visit, strategy: EventStrategy, open: list[int], event: Json, member: str) -> int | None:
    """The first open filter that an event passes, its keys now in force; -1 for the empty `any`, None when there is none."""
    filters = filters_of(strategy)
    if not filters and isinstance(strategy, AnyEvent):
        return -1
    seq = visit.frame["seen"]
    for at in open:
        keys = admits(visit.place, filters[at], event, visit.frame["keys"], visit.input, f"{member}/{at}[{seq}]")
        if keys is not None:
            visit.frame["keys"] = keys
            return at
    return None


def _handle(task: Listen, visit: Visit) -> str:
    """Handle the consumed event, and see whether it was the last."""
    frame, to = visit.frame, task.listen.to
    kept, counted = not _endless(to, visit.place.language), isinstance(to, AnyEvent) and isinstance(to.until, str)
    then = handle(task.foreach, visit, "foreach", kept=kept, counted=counted)
    frame["stop"] = frame["stop"] or (kept and _enough(to, visit))
    return then


def _endless(to: EventStrategy, language: Language) -> bool:
    """Whether nothing that is consumed can ever end it: then no list is kept."""
    return isinstance(to, AnyEvent) and isinstance(to.until, str) and language.source(to.until) == "false"


def _enough(to: EventStrategy, visit: Visit) -> bool:
    frame = visit.frame
    match to:
        case OneEvent():
            return True
        case AllEvents():
            return not frame["open"]
        case AnyEvent():
            if to.until is None:
                return True
            if not isinstance(to.until, str):
                return False
            return visit.place.holds(to.until, frame.get("read", frame["got"]), f"listen/to/until[{frame['n']}]")
