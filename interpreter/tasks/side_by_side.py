"""Tasks that run at the same time: one of them has its part of a pass, and is left alone while nothing has come for it."""

from __future__ import annotations

from typing import NoReturn

from interpreter.document.model import TaskEntry
from interpreter.scope import Blocked, Quiet, Run, Scope
from interpreter.values import Json
from interpreter.visit import Visit

LEAST_SHARE = 100
"""Steps that a branch may take in a pass whatever its siblings took (an eighth of what is left when that is less), so that none starves."""


def enter(visit: Visit, entry: TaskEntry, scope: Scope, value: Json, kid: dict[str, Json], siblings: int) -> tuple[Json, str]:
    """One branch's part of the pass, within its share of the step budget; `siblings` run beside it, itself included."""
    run = scope.run
    branch = scope.address + scope.attempts
    quiet = run.host.quiet.pop(branch, None)
    if quiet is not None and quiet.still(run):
        return _stay(run, branch, quiet)
    whole, mark, crowded = run.budget, run.mark(), run.crowded
    left = whole - run.spent
    run.budget = min(whole, run.spent + max(1, left // siblings, min(LEAST_SHARE, left // 8)))
    try:
        return visit.run_branch(entry, scope, value, kid)
    except Blocked:
        if not run.cut:
            run.host.quiet[branch] = Quiet(
                tuple(run.wanted[mark[0] :]), tuple(run.alarms[mark[1] :]), run.state["seq"], run.crowded > crowded
            )
        raise
    finally:
        run.budget = whole


def _stay(run: Run, branch: str, quiet: Quiet) -> NoReturn:
    """Block as before, without entering the branch."""
    run.host.quiet[branch] = quiet
    run.wanted += quiet.wanted
    run.alarms += quiet.alarms
    run.crowded += quiet.crowded
    raise Blocked
