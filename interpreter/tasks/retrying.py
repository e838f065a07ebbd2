"""A `try`'s retry: its policy in numbers, and handing it to the activity of the one call below.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#retry
"""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.document.model import (
    A2aCall,
    Catch,
    ConstantBackoff,
    ErrorFilter,
    ExponentialBackoff,
    GrpcCall,
    HttpCall,
    LinearBackoff,
    McpCall,
    OpenApiCall,
    RetryPolicy,
    Try,
)
from interpreter.extensions import extending
from interpreter.faults import Fault
from interpreter.retry import Backoff, Policy, next_delay
from interpreter.values import Json
from interpreter.visit import Visit

LONGEST_PUSHED_DELAY = 60_000
"""Milliseconds; a longer pause between attempts is the engine's, so that it shows as a timer."""

MOST_PUSHED_RETRIES = 100


@dataclass(frozen=True, slots=True)
class Pushed:
    """A retry that the activity makes itself: `policy` goes with the request, the attempts come back with the answer."""

    policy: Policy
    visit: Visit

    def tell(self, attempts: list[Json]) -> None:
        """Take over the failed attempts (`{attempt, at, error, next}`, the latest ones) that came with an answer: they count, and each is told once."""
        frame = self.visit.frame
        for entry in attempts:
            self.visit.notice("retried", at=entry["at"], attempt=entry["attempt"], error=entry["error"], next=entry["next"])
            frame["n"] = entry["attempt"] + 1


def pushed(task: Try, retry: RetryPolicy | None, visit: Visit) -> Pushed | None:
    """The retry of a `try` that holds one call, where nothing about it needs the engine; only from the first attempt on, so that no count is lost."""
    if retry is None or visit.frame["n"] > 1 or not _simple(task, retry) or extending(visit.run, visit.scope, task.try_[0].body):
        return None
    try:
        policy = policy_of(visit, retry, caught_of(task.catch))
    except Fault:
        return None  # a policy that cannot be evaluated is an error where it is needed: in the engine, after a failure
    return Pushed(policy, visit) if _short(policy) else None


def _simple(task: Try, retry: RetryPolicy) -> bool:
    conditions = (task.catch.when, task.catch.except_when, retry.when, retry.except_when)
    limited = retry.limit is not None and retry.limit.attempt is not None and retry.limit.attempt.duration is not None
    if len(task.try_) != 1 or limited or any(condition is not None for condition in conditions):
        return False
    only = task.try_[0].body
    return isinstance(only, HttpCall | OpenApiCall | GrpcCall | McpCall | A2aCall) and only.timeout is None


def _short(policy: Policy) -> bool:
    """Whether no pause of the policy is long; one that grows without a limit on its number becomes so."""
    if policy["count"] is None:
        return policy["backoff"] == "constant" and next_delay(policy, 1, 1.0) <= LONGEST_PUSHED_DELAY
    return 0 < policy["count"] <= MOST_PUSHED_RETRIES and next_delay(policy, policy["count"], 1.0) <= LONGEST_PUSHED_DELAY


def policy_of(visit: Visit, retry: RetryPolicy, filter: ErrorFilter | None) -> Policy:
    """The policy with its durations evaluated on the try's input; once, it then stands in the frame."""
    if "policy" not in visit.frame:
        visit.frame["policy"] = _policy(visit, retry, filter)
    policy: Policy = visit.frame["policy"]
    return policy


def _policy(visit: Visit, retry: RetryPolicy, filter: ErrorFilter | None) -> Policy:
    limit = retry.limit
    attempt = limit and limit.attempt
    jitter = retry.jitter
    return Policy(
        errors=filter_of(filter),
        count=attempt.count if attempt else None,
        delay=visit.milliseconds(retry.delay, "retry/delay") if retry.delay else 0,
        backoff=_backoff(retry),
        jitter=[visit.milliseconds(jitter.from_, "retry/jitter/from"), visit.milliseconds(jitter.to, "retry/jitter/to")]
        if jitter
        else None,
        limit=visit.milliseconds(limit.duration, "retry/limit/duration") if limit and limit.duration else None,
        start=visit.frame["since"],
    )


def _backoff(retry: RetryPolicy) -> Backoff:
    match retry.backoff:
        case None | ConstantBackoff():
            return "constant"
        case LinearBackoff():
            return "linear"
        case ExponentialBackoff():
            return "exponential"


def caught_of(catch: Catch) -> ErrorFilter | None:
    """Which errors a `catch` means; None for all of them."""
    return catch.errors.with_ if catch.errors is not None else None


def filter_of(filter: ErrorFilter | None) -> Json:
    """An error filter as JSON, with the members that are given; None where everything is caught."""
    if filter is None:
        return None
    members = {name: getattr(filter, name) for name in ("type", "status", "instance", "title", "detail", "details")}
    return {name: value for name, value in members.items() if value is not None}
