"""A wide fork: what a branch costs the worker among 2,000, beside what it costs among 20."""

from __future__ import annotations

from statistics import median

from benchmarks.documents import enveloped, fork
from benchmarks.load import Sides
from benchmarks.measures import Aim, Effort, Measured, Row

FEW, MANY = 20, 2_000


async def measure(sides: Sides, url: str, effort: Effort) -> Measured:
    """CPU of the worker for one run, by its branches; the calls are made."""
    few = await _cpu_per_branch(FEW, sides, url, 5 * effort.rounds)
    await sides.our_worker.profile()
    many = await _cpu_per_branch(MANY, sides, url, 1)
    row = Row(
        case=f"fork of {MANY:,} GET",
        measure="CPU per branch",
        unit="ms",
        figure=1000 * many,
        beside=1000 * few,
        against=f"of {FEW}",
        aim=Aim("at most", 3),
    )
    return Measured(rows=(row,), profile=await sides.our_worker.profiled())


async def _cpu_per_branch(branches: int, sides: Sides, url: str, rounds: int) -> float:
    runs = sides.document(enveloped(fork(branches, url)), None)
    used = []
    for _ in range(rounds):
        round_ = await runs.load(1, concurrent=1)
        used.append(round_.cpu / branches)
    return median(used)
