"""The numbers of the DSL's retry policies: when to try again, how long to wait, which errors count.

Pure functions shared by the engine, which loops with alarms, and by activities to which a retry is pushed down.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#retry
"""

from __future__ import annotations

from typing import Literal, TypedDict

from interpreter.defaults import LONGEST_RETRY_DELAY
from interpreter.faults import Problem, same_type
from interpreter.values import Json

Backoff = Literal["constant", "linear", "exponential"]


class Policy(TypedDict):
    """A retry policy with every name resolved and every duration in milliseconds; plain JSON, it travels in arguments and frames."""

    errors: Json
    """The filter of `catch.errors.with`, null where everything is caught."""
    count: int | None
    """How many retries there may be (so `count + 1` attempts), null where nothing limits them."""
    delay: int
    backoff: Backoff
    jitter: tuple[int, int] | list[int] | None
    """Bounds of the random time added to each delay."""
    limit: int | None
    """How long after `start` a retry may still begin."""
    start: int
    """The instant at which the first attempt was wanted."""


def next_delay(policy: Policy, attempt: int, random: float) -> int:
    """Milliseconds to wait before retry number `attempt`, which counts from 1; `random` is in [0, 1).

    linear: `delay * attempt`; exponential: `delay * 2^(attempt - 1)`; neither grows past 365 days, before jitter.
    """
    match policy["backoff"]:
        case "constant":
            factor = 1
        case "linear":
            factor = attempt
        case "exponential":
            factor = 1 << min(attempt - 1, LONGEST_RETRY_DELAY.bit_length())
    delay = min(policy["delay"] * factor, LONGEST_RETRY_DELAY)
    if policy["jitter"] is None:
        return delay
    low, high = policy["jitter"]
    return delay + low + int(random * (high - low))


def may_retry(policy: Policy, attempt: int, elapsed: int, delay: int) -> bool:
    """Whether retry number `attempt` may begin `delay` ms from now, `elapsed` ms after the policy's start.

    A retry that would begin at the end of the total duration or later is not made.
    """
    count, limit = policy["count"], policy["limit"]
    return (count is None or attempt <= count) and (limit is None or elapsed + delay < limit)


def caught(filter: Json | None, problem: Problem) -> bool:
    """Whether an error passes the filter of `catch.errors.with`: every member given must equal the error's.

    Standard types are the same under every published prefix; `details` is another name for `detail`. No filter catches everything.

    Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#catch
    """
    return all(_equal(member, wanted, problem) for member, wanted in (filter or {}).items())


def _equal(member: str, wanted: Json, problem: Problem) -> bool:
    if member == "type":
        return same_type(wanted, problem.type)
    return bool(problem.as_json().get("detail" if member == "details" else member) == wanted)
