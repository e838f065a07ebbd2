"""`python -m benchmarks [--quick] [--only TEXT]`: measures, tells each row on stderr, and writes `RESULTS.md` and its picture."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from benchmarks import branches, commands, compared, engine_alone, replaying, waiting
from benchmarks.load import Sides
from benchmarks.machine import described
from benchmarks.measures import FULL, QUICK, Effort, Measured
from benchmarks.picture import svg
from benchmarks.report import line, markdown
from benchmarks.workers import answering, working
from interpreter.evaluation.child_evaluator import shared
from interpreter.temporal.client import connect
from interpreter.temporal.embedded import Settings, ephemeral

HERE = Path(__file__).parent
SERVED = ("fork of 2,000", "waiting runs", "cold replay")
ENGINE, COMMANDS = "engine alone", "whole process"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@asynccontextmanager
async def _sides(folder: str) -> AsyncIterator[tuple[Sides, str]]:
    """A server, a worker of each side and what they call."""
    server = await ephemeral(Settings(folder=Path(folder), cache=Path(folder)), _say)
    async with (
        working("interpreter", server.address, "interpreter") as ours,
        working("hand-written", server.address, "hand-written") as theirs,
        answering() as url,
    ):
        yield Sides(await connect(server.address), await Client.connect(server.address), ours, theirs), url


async def _measured(sides: Sides, url: str, effort: Effort, only: str) -> AsyncIterator[Measured]:
    if only in ENGINE:
        for one in engine_alone.measure(effort):
            yield one
    for case in compared.cases(url):
        if only in case.name:
            yield await compared.measure(case, sides, effort)
    branched, waited, replayed = (only in name for name in SERVED)
    if branched:
        yield await branches.measure(sides, url, effort)
    if waited:
        yield await waiting.measure(sides, effort)
    if replayed:
        yield await replaying.measure(sides, url, effort)
    if only in COMMANDS:
        for one in commands.measure(effort):
            yield one


async def main(arguments: argparse.Namespace) -> None:
    """Measure and write."""
    effort = QUICK if arguments.quick else FULL
    with tempfile.TemporaryDirectory(prefix="swtemporal-bench-", ignore_cleanup_errors=True) as folder:
        async with _sides(folder) as (sides, url):
            machine = await described(sides.theirs, effort)
            measured = []
            async for one in _measured(sides, url, effort, arguments.only):
                measured.append(one)
                for row in one.rows:
                    _say(line(row))
    if not arguments.only:
        (HERE / "RESULTS.md").write_text(markdown(measured, machine))
        (HERE / "results.svg").write_text(svg([row for one in measured for row in one.rows]))
        _say(f"written: {HERE / 'RESULTS.md'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: for a look, not for results")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose name holds this; nothing is written")
    asyncio.run(main(parser.parse_args()))
    shared().close()
    sys.stderr.flush()
    os._exit(0)  # Temporal's client may crash in an ordinary exit (sdk-python issue 300)
