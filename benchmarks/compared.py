"""Documents beside hand-written workflows: throughput and latency, the two sides in turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from statistics import median, quantiles

from benchmarks.documents import LOCAL, SET, SET_JQ, SET_SUM, document, enveloped, fork, gets, loop, sets
from benchmarks.load import Round, Runs, Sides
from benchmarks.measures import Aim, Effort, Measured, Row
from interpreter.values import Json

LATENCY = Aim("at most", 1.2)
ORDINARY = "Local activities beside ordinary ones: the interpreter makes no local activities (`docs/adr/0006-no-local-activities.md`)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document, the hand-written workflow that does the same, an input for each, and what part of the latter's throughput is aimed at."""

    name: str
    document: Json
    workflow: str
    input: Json
    by_hand: Json
    aim: float
    runs: int
    """In one round of either side."""
    remark: str = ""


def cases(url: str) -> Iterator[Case]:
    """Those of the table; `url` is what is called."""
    number, items = {"n": 20}, {"items": list(range(100))}
    last, total, asked = (
        {"set": one} for one in ({"last": "${ $item }"}, {"sum": "${ .sum + $item }"}, {"sum": "${ [.sum, $item] | add }"})
    )
    pure = partial(Case, input=number, by_hand=number, aim=0.85, runs=200)
    yield pure(name="empty run", document=document("empty"), workflow="Empty")
    yield pure(name="10 set, paths", document=sets(10, SET), workflow="Sets")
    yield pure(name="10 set, sums", document=sets(10, SET_SUM), workflow="SetsSum")
    yield pure(name="10 set, jq", document=sets(10, SET_JQ), workflow="SetsSum")
    looped = partial(Case, input=items, by_hand=items, aim=0.6, runs=120)
    yield looped(name="100-iteration loop, paths", document=loop({"keep": last}), workflow="Loop")
    yield looped(name="100-iteration loop, sums", document=loop({"add": total}), workflow="LoopSum")
    yield looped(name="100-iteration loop, jq", document=loop({"add": asked}), workflow="LoopSum")
    called = partial(Case, input=None, by_hand=url, aim=0.9, runs=60)
    yield called(name="5 GET in turn", document=gets(5, url), workflow="Gets")
    yield called(name="5 GET in turn, local", document=gets(5, url, **LOCAL), workflow="GetsLocal", remark=ORDINARY)
    yield called(name="fork of 10 GET", document=fork(10, url), workflow="Fork")
    yield called(name="fork of 10 GET, local", document=fork(10, url, **LOCAL), workflow="ForkLocal", remark=ORDINARY)


async def measure(case: Case, sides: Sides, effort: Effort) -> Measured:
    """The rows of one case; the outputs are compared first."""
    ours = sides.document(enveloped(case.document), case.input)
    theirs = sides.workflow(case.workflow, case.by_hand)
    output, expected = await ours.once(), await theirs.once()
    if output != expected:
        raise ValueError(f"'{case.name}': the document gives {output}, the hand-written workflow {expected}")
    runs = effort.runs(case.runs)
    measured = Measured(rows=tuple(_rows(case, await _in_turns(ours, theirs, runs, effort.rounds))), remark=case.remark)
    if not measured.missed:
        return measured
    await ours.worker.profile()
    await ours.load(runs)
    return replace(measured, profile=await ours.worker.profiled())


async def _in_turns(ours: Runs, theirs: Runs, runs: int, rounds: int) -> list[tuple[Round, Round]]:
    """Rounds of both sides, one after the other, so that what disturbs the machine disturbs both; a first pair does not count."""
    pairs = [(await ours.load(runs), await theirs.load(runs)) for _ in range(rounds + 1)]
    return pairs[1:]


def _rows(case: Case, rounds: list[tuple[Round, Round]]) -> Iterator[Row]:
    yield Row(
        case=case.name,
        measure="throughput",
        unit="runs/s",
        figure=median(one.throughput for one, _ in rounds),
        beside=median(other.throughput for _, other in rounds),
        ratio=median(one.throughput / other.throughput for one, other in rounds),
        aim=Aim("at least", case.aim),
    )
    ours = quantiles([1000 * latency for one, _ in rounds for latency in one.latencies], n=100, method="inclusive")
    theirs = quantiles([1000 * latency for _, other in rounds for latency in other.latencies], n=100, method="inclusive")
    for percent in (50, 99):
        figure, beside = ours[percent - 1], theirs[percent - 1]
        yield Row(case=case.name, measure=f"p{percent} latency", unit="ms", figure=figure, beside=beside, aim=LATENCY)
    yield Row(
        case=case.name,
        measure="CPU of the worker",
        unit="ms/run",
        figure=median(1000 * one.cpu / one.runs for one, _ in rounds),
        beside=median(1000 * other.cpu / other.runs for _, other in rounds),
    )
