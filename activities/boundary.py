"""The one border between effects and Temporal: identity, heartbeats, the document's retry, and failures.

An effect raises faults; what leaves here is an `ApplicationError` whose first detail is the problem, claimed by the task.
With the document's retry in its arguments, an effect answers `{"value", "attempts"}` and its failure tells the attempts as
second detail. Cancellation passes through untouched. No secret that was read is in any of it, nor in the log.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.attempts import Attempts
from activities.granted import under
from activities.heartbeats import Beats, heartbeats
from activities.invocation import Invocation, Perform, Preparation
from activities.redact import Redaction
from interpreter.defaults import RESULT_BYTES
from interpreter.evaluator import Held
from interpreter.faults import Fault, Problem, fault, standard
from interpreter.retry import Policy
from interpreter.temporal.failures import message_of
from interpreter.temporal.options import LOST_WORKERS
from interpreter.values import Json, cut, size

Activity = Callable[[Json], Awaitable[Json]]

_log = logging.getLogger(__name__)


class WorkerLeaves(Exception):
    """What an effect raises that another worker can go on with, when its own shuts down."""


_HELD_AT_MOST = 3
"""How often an evaluation may be stopped before that is its answer."""

_NET = 4
"""Characters of the shortest secret that is cut out of a whole detail; shorter ones would make it unreadable."""

_DETAIL = 1_000
"""Characters of a problem's detail."""


def effect(kind: str, perform: Perform, preparation: Preparation) -> Activity:
    """The activity of type `kind` that performs an effect."""

    @activity.defn(name=kind)
    async def run(arguments: Json) -> Json:
        policy: Policy | None = arguments.get("retry")
        attempts = Attempts.carried(activity.info()) if policy else Attempts()
        redaction = Redaction()
        if attempts.lost(activity.info()) >= LOST_WORKERS and policy:
            lost = standard("runtime", "every worker that took up the call was lost")
            raise _failure(lost.at(arguments["reference"]), {"attempts": attempts.as_json()})

        async def invoked(beats: Beats) -> Invocation:
            invocation = await preparation.invocation(arguments, redaction)
            # With the document's retry, the attempts are what heartbeats carry.
            return invocation if policy else replace(invocation, tell=beats.tell)

        async def once(beats: Beats) -> Json:
            for_runs(kind)
            grant.kind(kind)
            invocation = await invoked(beats)
            try:
                return await perform(invocation)
            except Fault as refused:
                if not preparation.outdated(invocation, refused.problem):
                    raise
            # The token was withdrawn before its time: once more, with a new one wherever it stands.
            return await perform(await invoked(beats))

        grant = preparation.policy.grant(
            activity.info().task_queue, arguments.get("document"), arguments.get("functions", ()), arguments.get("carried", ())
        )
        try:
            async with heartbeats(attempts.as_details() if policy else None) as beats:
                with under(grant):
                    value = await _attempt(lambda: once(beats), attempts, redaction)
        except Fault as error:
            problem = _told(error.problem, redaction).at(arguments["reference"])
            raise _failure(problem) if policy is None else _failure_with_retry(problem, policy, attempts) from None
        return value if policy is None else {"value": value, "attempts": attempts.as_json()}

    return run


def for_runs(kind: str) -> None:
    """Refuse an activity that was started by itself: it has no interpreter behind it that says truly who asks for what."""
    if not activity.info().workflow_id:
        raise fault("authorization", f"'{kind}' is performed for runs only")


async def _attempt(once: Callable[[], Awaitable[Json]], attempts: Attempts, redaction: Redaction) -> Json:
    """The effect once; whatever goes wrong is a fault, except cancellation and what Temporal has to repeat."""
    try:
        value = await once()
        weight = size(value)
    except Fault:
        raise
    except WorkerLeaves:
        raise ApplicationError("the worker shuts down; another one goes on", type="WorkerShutdown") from None
    except Held as held:
        _repeat_held(attempts)
        why = "it takes too much time or memory" if held.counted else held.message
        raise fault("expression", f"the evaluation of an expression was stopped {_HELD_AT_MOST} times: {why}") from None
    except Exception as error:  # noqa: BLE001 - the border
        kind = activity.info().activity_type
        _log.error("%s failed unexpectedly\n%s", kind, redaction("".join(traceback.format_exception(error))))
        raise fault("runtime", f"{kind} failed unexpectedly with {type(error).__name__}; the worker's log tells more") from None
    if weight > RESULT_BYTES:
        raise fault("validation", f"the result is too large: {weight} bytes; at most {RESULT_BYTES} are carried")
    return value


def _repeat_held(attempts: Attempts) -> None:
    """Have Temporal repeat this attempt, as if the worker were lost; not any more when it was repeated before."""
    info = activity.info()
    if attempts.lost(info) + 1 < _HELD_AT_MOST:
        problem = standard("expression", "the evaluation of an expression was stopped; it is tried again")
        raise ApplicationError(message_of(problem), problem.as_json(), type=problem.type)


def _told(problem: Problem, redaction: Redaction) -> Problem:
    """A problem of bounded length. Faults are worded without secrets; this is the net below them, too coarse for very short ones."""
    if problem.detail is None:
        return problem
    detail = redaction(problem.detail, shortest=_NET)
    return replace(problem, detail=cut(detail, _DETAIL))


def _failure(problem: Problem, *more: Json) -> ApplicationError:
    """The end of an activity by a problem; expected, so it is no error in the worker's log."""
    return ApplicationError(
        message_of(problem),
        problem.as_json(),
        *more,
        type=problem.type,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def _failure_with_retry(problem: Problem, policy: Policy, attempts: Attempts) -> ApplicationError:
    """The failure of an attempt: to be followed by the next after the document's delay, or the end."""
    now = time.time_ns() // 1_000_000
    delay = attempts.delay(policy, problem, now)
    if delay is None:
        return _failure(problem, {"attempts": attempts.as_json()})
    activity.heartbeat(attempts.after(problem, now, delay).as_details())
    return ApplicationError(
        message_of(problem),
        problem.as_json(),
        type=problem.type,
        next_retry_delay=timedelta(milliseconds=max(delay, 1)),  # the SDK takes zero for "not set"
        category=ApplicationErrorCategory.BENIGN,
    )
