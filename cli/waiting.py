"""Waiting for a run, and ending the command with its outcome."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import assert_never

from temporalio.client import Client

from cli import terminal
from cli.exits import Code, Stop
from cli.follow import Follower
from cli.progress import of_problem
from cli.terminal import Form
from cli.unserved import watching
from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal

Outcome = Completed | Faulted | temporal.Stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How to wait: how long at most (seconds), and whether what happens is told meanwhile."""

    timeout: float | None = None
    quiet: bool = False


async def outcome_of(
    client: Client, id: str, run: str, patience: Patience, *, after: int = 0, late: str | None = None, warned: frozenset[str] = frozenset()
) -> Outcome:
    """Wait for the end of a run and of those that continue it; ends the command with exit 5 when that takes too long.

    `after`: see `Follower`; `late`: what becomes of a run that takes too long, where nobody else goes on with it; `warned`: see `watching`.
    """
    following = contextlib.nullcontext() if patience.quiet else Follower(client, id, run, after=after).following()
    async with watching(client, id, warned), following:
        try:
            return await asyncio.wait_for(temporal.outcome(temporal.handle(client, id, run)), patience.timeout)
        except TimeoutError:
            then = late or f"it stays open: 'swtemporal status {id}' tells where it is"
            raise Stop(Code.TIMED_OUT, f"run '{id}' has not ended within {patience.timeout:g} s; {then}") from None


def finish(outcome: Outcome, id: str, form: Form) -> None:
    """Print the output of a completed run; end with exit 4 for a faulted and 6 for a cancelled or terminated one."""
    match outcome:
        case Completed():
            terminal.value(outcome.output, form)
        case Faulted():
            problem = outcome.problem.as_json()
            raise Stop(Code.FAULTED, f"run '{id}' faulted: {of_problem(problem)}", problem=problem)
        case temporal.Stopped():
            reason = f": {outcome.reason}" if outcome.reason else ""
            raise Stop(Code.CANCELLED, f"run '{id}' was {outcome.how}{reason}")
        case _:
            assert_never(outcome)
