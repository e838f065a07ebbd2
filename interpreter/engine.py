"""The engine: one synchronous function that takes a run as far as it can go.

`advance` enters the document from its root, finds its place in the frames of the state, goes on until nothing more can be done
at this instant, and leaves behind the effects it wants, the instants it waits for, and what happened. It is entered
again after every wake-up, so resuming after continue-as-new is no special case. It reads no clock, draws no random number and starts nothing.
"""

from __future__ import annotations

from interpreter.arguments import WorkflowArguments
from interpreter.dataflow import Place
from interpreter.document.blocks import Named
from interpreter.document.definition import Definition
from interpreter.document.hints import hints_in
from interpreter.document.model import Do, TaskEntry
from interpreter.effects import READ_SECRETS, Completed, Faulted, Notice, Pass
from interpreter.faults import Fault
from interpreter.lifecycle import run_list, run_task
from interpreter.scope import Blocked, Host, Run, Scope
from interpreter.state import State, fresh
from interpreter.values import Json
from interpreter.visit import Request, Visit

__all__ = ["Host", "advance", "begin"]


def begin(input: Json, *, id: str, seed: str, now: int) -> State:
    """The state of a new run: `id` is the workflow id, `seed` the first run id of its chain, `now` the instant of its start."""
    return fresh(input, id=id, seed=seed, now=now)


def advance(definition: Definition, state: State, now: int, host: Host) -> Pass:
    """Take a run as far as it can go at the instant `now`; `state` is changed in place.

    Alarms that have expired since the last pass are stepped through in their order, each at its own instant, so that
    where only time went by, an outage changes nothing; what has arrived meanwhile counts (docs/adr/0007). `Held` passes through and leaves a state that must be thrown away.
    """
    notices: list[Notice] = []
    while True:
        instant = _instant(state, now)
        run = Run(definition, state, instant, host)
        outcome = _pass(run)
        run.keep_pace()
        notices += run.notices
        state["results"].clear()  # an answer that no task has taken is one to a task that is gone
        state["alarm"] = min((alarm.at for alarm in run.alarms), default=None)
        if outcome is not None:
            return Pass(outcome=outcome, notices=tuple(notices))
        if run.cut or instant >= now:
            return Pass(outcome=None, wanted=tuple(run.wanted), alarms=tuple(run.alarms), notices=tuple(notices), cut=run.cut)


def _instant(state: State, now: int) -> int:
    """The instant of the next pass: the earliest alarm that has expired, else now (also after a cut: to compute takes time)."""
    return now if state["alarm"] is None else min(int(state["alarm"]), now)


def _pass(run: Run) -> Completed | Faulted | None:
    entry, root = _as_task(run.definition), run.state["root"]
    scope, arguments = Scope(run, contexts=run.state), WorkflowArguments(run)
    try:
        if not root:
            run.admit(run.state["input"], "the input")
        if "secrets" not in run.state and _puts_secrets_in_data(run.definition):
            run.state["secrets"] = _read_secrets(entry, scope, root)
        output, _ = run_task(entry, scope, run.state["input"], root, arguments)
    except Blocked:
        return None
    except Fault as error:
        return Faulted(error.problem.at(""))
    return Completed(output)


def _puts_secrets_in_data(definition: Definition) -> bool:
    """Whether the document asks for `$secrets` everywhere, knowing that their values then stand in history."""
    use, hints = definition.document.use, hints_in(definition.document.document.metadata)
    return use is not None and bool(use.secrets) and hints.get("secretsInData") is True


def _read_secrets(entry: TaskEntry, scope: Scope, root: dict[str, Json]) -> Json:
    """The declared secrets, read once for the run, so that every replay sees the same ones."""
    use = scope.run.definition.document.use
    names = list((use and use.secrets) or ())
    visit = Visit(entry.name, entry.body, scope, root, Place(scope.run, "", {}), run_list, run_task)
    return visit.perform(READ_SECRETS, lambda: Request({"names": names}, summary=", ".join(names), reads_secrets=True), slot="secrets")


def _as_task(definition: Definition) -> TaskEntry:
    """The workflow as what it is: a `do` with input, output and timeout, but without `if`, `export` and `then`."""
    document = definition.document
    header = document.document
    return Named(
        name=header.name,
        body=Do(do=document.do, input=document.input, output=document.output, timeout=document.timeout, metadata=header.metadata),
    )
