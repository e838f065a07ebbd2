"""The engine without Temporal: what a task costs, and that it costs no more in a long loop than in a short one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter, process_time

from benchmarks.documents import SET, SET_JQ, SET_SUM, document, loop, sets
from benchmarks.measures import Aim, Effort, Measured, Row
from interpreter.document.load import define
from interpreter.engine import Host, advance, begin
from interpreter.evaluation.child_evaluator import shared
from interpreter.values import Json

TASKS = 500
SHORT, LONG = 1_000, 100_000
MICROSECONDS = 1_000_000


def measure(effort: Effort) -> Iterator[Measured]:
    """The median of the rounds: wall time where jq is asked, in its child process as always, else CPU time, which a busy machine disturbs less."""
    for name, task, aim, clock in (
        ("path", SET, 25.0, process_time),
        ("sum", SET_SUM, 150.0, process_time),
        ("jq", SET_JQ, 150.0, perf_counter),
    ):
        took = _seconds_of(sets(TASKS, task), {"n": 20}, effort.rounds, clock) / TASKS
        row = Row(case="engine alone", measure=f"set with {name}", unit="µs/task", figure=took * MICROSECONDS, aim=Aim("at most", aim))
        yield Measured(rows=(row,))
    yield Measured(rows=(_loop(effort),))
    yield Measured(rows=(Row(case="engine alone", measure="empty run", unit="µs", figure=_empty(effort) * MICROSECONDS),))


def _loop(effort: Effort) -> Row:
    body = {"keep": {"set": {"last": "${ $item }"}}}
    short, long = (
        _seconds_of(loop(body), {"items": list(range(count))}, rounds) / count for count, rounds in ((SHORT, effort.rounds), (LONG, 3))
    )
    return Row(
        case="engine alone",
        measure=f"an iteration of {LONG:,}",
        unit="µs",
        figure=long * MICROSECONDS,
        beside=short * MICROSECONDS,
        against=f"of {SHORT:,}",
        aim=Aim("at most", 1.3),
    )


def _empty(effort: Effort) -> float:
    return _seconds_of(document("empty"), None, 50 * effort.rounds)


def _seconds_of(raw: Json, input: Json, rounds: int, clock: Callable[[], float] = process_time) -> float:
    """How long a whole run takes in the engine; a first one does not count."""
    definition = define(raw)
    host = Host(evaluator=shared(), resolve=lambda *_: None)
    took = []
    for _ in range(rounds + 1):
        began = clock()
        state = begin(input, id="benchmark", seed="benchmark", now=0)
        while advance(definition, state, 0, host).outcome is None:
            shared().begin_activation()
        took.append(clock() - began)
    return median(took[1:])
