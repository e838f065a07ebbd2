"""Cold replay: what it takes to bring a long run back into a worker that does not know it."""

from __future__ import annotations

import time
from statistics import median

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from benchmarks import handwritten
from benchmarks.documents import calls_and_sets, enveloped
from benchmarks.load import Sides, output_of
from benchmarks.measures import Aim, Effort, Measured, Row
from interpreter.temporal.serve import replayer

TASKS = 1_000


async def measure(sides: Sides, url: str, effort: Effort) -> Measured:
    """Wall time of a replay of 500 GET and 500 set in turn, by the product's replayer, and of the same by hand."""
    run = await sides.start(enveloped(calls_and_sets(TASKS, url)), None)
    await output_of(run)
    by_hand = await sides.start_by_hand("CallsAndSets", url)
    await by_hand.result()
    ours, theirs = await run.fetch_history(), await by_hand.fetch_history()
    took, beside = [], []
    for _ in range(effort.rounds):
        took.append(await _seconds(replayer(), ours))
        beside.append(await _seconds(Replayer(workflows=handwritten.WORKFLOWS), theirs))
    return Measured(
        rows=(
            Row(case="cold replay", measure=f"{TASKS:,} tasks", unit="s", figure=median(took), aim=Aim("at most", 1)),
            Row(case="cold replay", measure="the same by hand", unit="s", figure=median(beside)),
        )
    )


async def _seconds(replays: Replayer, history: WorkflowHistory) -> float:
    began = time.perf_counter()
    await replays.replay_workflow(history)
    return time.perf_counter() - began
