"""The one workflow class: it runs every document, of every name. Here are only its doors to Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from interpreter.effects import Faulted
    from interpreter.evaluator import Held
    from interpreter.faults import Fault, Problem
    from interpreter.temporal.failures import EvaluationStopped, TaskFailure, error_of
    from interpreter.temporal.interpretation import Interpretation, now
    from interpreter.temporal.names import EVENT, RESUME, STATE, SUSPEND, TRACE
    from interpreter.temporal.opening import opened
    from interpreter.temporal.payloads import read
    from interpreter.values import Json

_Handler = TypeVar("_Handler", bound=Callable[..., Any])


def _raw(handler: _Handler) -> _Handler:
    """Have the SDK hand over one argument undecoded, whatever it holds, and let the handler be called with none or several.

    The SDK gives raw arguments only to handlers that declare exactly as many; it fails the workflow task when the number differs.
    """
    handler.__annotations__ = {"event": RawValue, "return": None}
    parameters = [Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)]
    parameters.append(Parameter("event", Parameter.POSITIONAL_OR_KEYWORD, annotation=RawValue))
    handler.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return handler


@workflow.defn(dynamic=True)
class Interpreter:
    """Arguments: the user's input, the envelope, and after a continuation the state; the result is the bare output."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        info = workflow.info()
        self._run: Interpretation | Problem | TaskFailure
        try:
            continued = info.continued_run_id is not None and info.attempt == 1 and not info.cron_schedule
            opening = opened(args, id=info.workflow_id, seed=info.first_execution_run_id, now=now(), continued=continued)
            self._run = Interpretation(opening)
        except Fault as fault:
            self._run = fault.problem
        except TaskFailure as failure:
            self._run = failure

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> Json:  # noqa: ARG002  `__init__` has read them
        """Run the document to its end."""
        if not isinstance(self._run, Interpretation):
            raise error_of(self._run) if isinstance(self._run, Problem) else self._run
        try:
            outcome = await self._run.outcome()
        except Held as held:
            # The SDK would swallow a BaseException, and the run would hang unseen.
            raise EvaluationStopped(held.message) from None
        except asyncio.CancelledError:
            await self._run.cancel()
            raise
        if isinstance(outcome, Faulted):
            raise error_of(outcome.problem)
        return outcome.output

    @workflow.signal(name=EVENT, description="Deliver a CloudEvent, or a list of them, as a JSON object in structured form.")
    @_raw
    def event(self, *events: Any) -> None:
        """Take in what came; rubbish, or nothing, is only counted."""
        if isinstance(self._run, Interpretation):
            self._run.receive(_events(events))

    @workflow.signal(name=SUSPEND, description="Hold the run: what runs is finished, nothing new is started.")
    def suspend(self, *_: Any) -> None:
        """Hold the run."""
        if isinstance(self._run, Interpretation):
            self._run.suspend(True)

    @workflow.signal(name=RESUME, description="Let a suspended run go on.")
    def resume(self, *_: Any) -> None:
        """Let it go on."""
        if isinstance(self._run, Interpretation):
            self._run.suspend(False)

    @workflow.query(
        name=STATE, description="Where the run stands: tasks in progress and what each waits for. Argument: true for the context, too."
    )
    def state(self, context: Any = False) -> Json:
        """`status.status_of`; for a start that was refused, `{status, error}`."""
        if isinstance(self._run, Interpretation):
            return self._run.status(context=context is True)
        return {"status": "faulted", "error": self._run.as_json() if isinstance(self._run, Problem) else {"title": str(self._run)}}

    @workflow.query(name=TRACE, description="What happened lately, task by task. Argument: the number of the last notice known already.")
    def trace(self, after: Any = 0) -> Json:
        """`trace.Trace.as_json`."""
        if isinstance(self._run, Interpretation):
            return self._run.trace(after if isinstance(after, int) else 0)
        return {"first": 1, "last": 0, "notices": []}


def _events(arguments: Sequence[Any]) -> list[Json]:
    """The events in a signal's arguments: those of a list singly; None stands for what cannot be read."""
    found: list[Json] = []
    for argument in arguments or (None,):
        value = _readable(argument)
        found += value if isinstance(value, list) and value else [value]
    return found


def _readable(argument: Any) -> Json:
    if not isinstance(argument, RawValue):
        return argument
    try:
        return read(argument)
    except ValueError:
        return None
