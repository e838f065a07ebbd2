"""Where a run can be when its worker is killed: documents for each point, and how to see that a run is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from interpreter.values import Json
from tests.killed.run import Run
from tests.temporal.house import document

TIMED = 4
"""Seconds of a wait and of a delay: the worker is killed within them."""


async def _nothing(_: Run) -> None:
    """It ends by itself."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """`documents` makes the documents (the root first) for a base of URLs; `reached` waits until a run is there; `rest` gives it all it needs to end."""

    documents: Callable[[str], tuple[Json, ...]]
    reached: Callable[[Run], Awaitable[None]]
    rest: Callable[[Run], Awaitable[None]] = _nothing
    options: Mapping[str, Json] = field(default_factory=dict)
    timed: bool = False
    """Whether it is left as time passes."""
    resting: bool = False
    """Whether neither a workflow task nor a call is under way."""
    moving: bool = False
    """Whether calls are made all the time: one may have been answered, and not yet recorded, and is made again."""


def call(base: str, path: str) -> Json:
    """A call, named by the end of its path; that its worker has died in it is noticed after 3 s."""
    fetch = {"call": "http", "with": {"method": "post", "endpoint": f"{base}/{path}"}}
    return {path.rpartition("/")[2]: {**fetch, "metadata": {"swtemporal": {"heartbeat": "PT3S"}}}}


def framed(base: str, *do: Json) -> Json:
    """A document with a call before these tasks, and one after; what the tasks gave is the result."""
    keep = {"keep": {"set": {"given": "${ . }"}, "export": {"as": "${ . }"}}}
    return document(call(base, "ok/first"), *do, keep, call(base, "ok/last"), {"give": {"set": "${ $context }"}})


def nap(**duration: int) -> Json:
    return {"nap": {"wait": duration}}


def fork(*branches: Json, compete: bool = False) -> Json:
    return {"both": {"fork": {"compete": compete, "branches": list(branches)}}}


def retried(task: Json, delay: str, **catch: Json) -> Json:
    """A task tried three times; with `when` by the engine, else by Temporal."""
    return {"try": {"try": [task], "catch": {**catch, "retry": {"delay": delay, "limit": {"attempt": {"count": 2}}}}}}


def listened(**members: Json) -> Json:
    """A task that hears four events."""
    return {"hear": {"listen": {"to": {"any": [{"with": {"type": "approved"}}], "until": "${ length == 4 }"}}, **members}}


def loop(base: str) -> Json:
    return {"loop": {"for": {"in": "${ [range(6)] }"}, "do": [call(base, "ok/tick"), {"sum": {"set": "${ $index }"}}]}}


def runs_child(*, detached: bool = False) -> Json:
    child = {"namespace": "tests", "name": "child", "version": "1.0.0"}
    return {"go": {"run": {"workflow": child}, "metadata": {"swtemporal": {"detached": detached}}}}


def child(*do: Json) -> Json:
    return document(*do, name="child")


def _call(base: str) -> tuple[Json, ...]:
    return (framed(base, call(base, "held/a")),)


def _wait(base: str) -> tuple[Json, ...]:
    return (framed(base, nap(seconds=TIMED)),)


def _fork(base: str) -> tuple[Json, ...]:
    row = {"row": {"do": [call(base, "ok/b"), call(base, "held/c")]}}
    return (framed(base, fork(call(base, "ok/a"), row, nap(seconds=TIMED))),)


def _race(base: str) -> tuple[Json, ...]:
    return (framed(base, fork(call(base, "held/a"), nap(days=1), compete=True)),)


def _retry(path: str, delay: str, **catch: Json) -> Callable[[str], tuple[Json, ...]]:
    return lambda base: (framed(base, retried(call(base, path), delay, **catch)),)


def _listen(base: str) -> tuple[Json, ...]:
    each = {"do": [call(base, "ok/each"), {"note": {"set": {"n": "${ $item.n }", "at": "${ $index }"}}}]}
    return (framed(base, listened(foreach=each)),)


def _child(base: str) -> tuple[Json, ...]:
    return framed(base, runs_child()), child(call(base, "ok/in"), call(base, "held/a"))


def _detached(base: str) -> tuple[Json, ...]:
    return framed(base, runs_child(detached=True)), child(call(base, "ok/in"), listened())


def _continued(base: str) -> tuple[Json, ...]:
    return (framed(base, fork(loop(base), listened())),)


def _attached(base: str) -> tuple[Json, ...]:
    return framed(base, fork(loop(base), runs_child())), child(call(base, "ok/in"), listened())


async def in_call(run: Run) -> None:
    await run.asks("held/a")


async def _in_branch(run: Run) -> None:
    await run.asks("held/c")
    await run.has("ACTIVITY_TASK_COMPLETED", 3)


async def _in_wait(run: Run) -> None:
    await run.has("TIMER_STARTED")


async def _in_attempt(run: Run) -> None:
    await run.asks("later/a", 2)


async def _in_listen(run: Run) -> None:
    await run.tell(0, 1)
    await run.has("ACTIVITY_TASK_COMPLETED", 3)
    await run.rests()


async def _in_childs_listen(run: Run) -> None:
    child = await run.child()
    await child.tell(0, 1)
    await child.has("ACTIVITY_TASK_COMPLETED")
    await child.rests()


async def _in_both(run: Run) -> None:
    await _in_childs_listen(run)
    await run.rests()


async def _continued_once(run: Run) -> None:
    await run.tell(0, 1)
    await run.has("WORKFLOW_EXECUTION_STARTED", 2)


async def _child_attached(run: Run) -> None:
    await _in_childs_listen(run)
    await run.attends()


async def _four(run: Run) -> None:
    await run.tell(0, 1, 2, 3)


async def _four_for_child(run: Run) -> None:
    await (await run.child()).tell(0, 1, 2, 3)


CONTINUED = {"continueAfterEvents": 8}
LONG, SHORT = f"PT{TIMED}S", "PT0.1S"
POINTS = {
    "a call": Point(documents=_call, reached=in_call),
    "a wait": Point(documents=_wait, reached=_in_wait, timed=True, resting=True),
    "a fork": Point(documents=_fork, reached=_in_branch),
    "a competing fork": Point(documents=_race, reached=in_call),
    "a retry, between attempts": Point(documents=_retry("once/a", LONG, when="${ true }"), reached=_in_wait, timed=True, resting=True),
    "a retry, in an attempt": Point(documents=_retry("later/a", SHORT, when="${ true }"), reached=_in_attempt),
    "a retry by Temporal, between attempts": Point(documents=_retry("once/a", LONG), reached=Run.backs_off, timed=True, resting=True),
    "a retry by Temporal, in an attempt": Point(documents=_retry("later/a", SHORT), reached=_in_attempt),
    "a retry that ends badly": Point(
        documents=_retry("never/a", LONG, do=[{"tell": {"set": "${ $error.status }"}}]), reached=Run.backs_off, timed=True, resting=True
    ),
    "a listen": Point(documents=_listen, reached=_in_listen, rest=_four, resting=True),
    "a child": Point(documents=_child, reached=in_call),
    "a detached child": Point(documents=_detached, reached=_in_both, rest=_four_for_child, resting=True),
    "a continuation": Point(documents=_continued, reached=_continued_once, rest=_four, options=CONTINUED, moving=True),
    "a child found again": Point(documents=_attached, reached=_child_attached, rest=_four_for_child, options=CONTINUED),
}
