"""How an effect is run as an activity: identity, deadlines and Temporal's own retries, from the effect and its hints.

Temporal retries only for lost workers. A fault of the call is an answer: the activity says so by failing non-retryably,
except where the document's retry was pushed down to it (`arguments.retry`); then it fails retryably and sets each delay.
The hint `local` changes nothing: see docs/adr/0006-no-local-activities.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy

from interpreter.durations import milliseconds
from interpreter.effects import FUNCTION_ACTIVITY, Effect
from interpreter.faults import fault
from interpreter.temporal.summary import shortened
from interpreter.values import Json, digest, encode, kind_of

LOST_WORKERS = 5
"""How many workers may be lost over one call before that is its answer."""

HEARTBEAT = timedelta(seconds=10)
START_TO_CLOSE = timedelta(days=1)
"""A bound for what never ends; how long a call may take is the document's business (`timeout`), or the activity's."""

ID_LENGTH = 200

UNLIMITED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the shell hands to `start_activity`."""

    id: str
    summary: str
    at_most_once: bool
    task_queue: str | None
    schedule_to_start: timedelta | None
    start_to_close: timedelta
    heartbeat: timedelta
    retry: RetryPolicy


def options_of(effect: Effect) -> Options:
    """The options of an effect; a `configuration` fault for a hint that is none."""
    hints = effect.options
    at_most_once = _flag(hints, "atMostOnce")
    return Options(
        id=activity_id(effect.id),
        summary=shortened(effect.summary),
        at_most_once=at_most_once,
        # Whether a call of an activity of others is allowed is asked of the run's own queue: a document must not choose who answers.
        task_queue=None if effect.kind == FUNCTION_ACTIVITY else _name(hints, "taskQueue"),
        schedule_to_start=_duration(hints, "scheduleToStart"),
        start_to_close=_duration(hints, "startToClose") or START_TO_CLOSE,
        heartbeat=_duration(hints, "heartbeat") or HEARTBEAT,
        retry=RetryPolicy(
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
            maximum_interval=timedelta(seconds=10),
            maximum_attempts=_attempts(effect.arguments.get("retry"), at_most_once=at_most_once),
        ),
    )


def activity_id(effect_id: str) -> str:
    """The effect's id; over 200 characters its beginning and a hash of the whole."""
    if len(effect_id) <= ID_LENGTH:
        return effect_id
    short = digest(effect_id)[:16]
    return f"{effect_id[: ID_LENGTH - len(short) - 1]}~{short}"


def _attempts(retry: Json, *, at_most_once: bool) -> int:
    if at_most_once:
        return 1
    if retry is None:
        return LOST_WORKERS
    return UNLIMITED if retry["count"] is None else retry["count"] + 1 + LOST_WORKERS


def _flag(hints: Mapping[str, Json], name: str) -> bool:
    found = hints.get(name, False)
    if not isinstance(found, bool):
        raise fault("configuration", f"the hint '{name}' must be true or false, not {kind_of(found)}")
    return found


def _name(hints: Mapping[str, Json], name: str) -> str | None:
    found = hints.get(name)
    if found is not None and (not isinstance(found, str) or not found):
        raise fault("configuration", f"the hint '{name}' must be a text that is not empty, found {encode(found)}")
    return found


def _duration(hints: Mapping[str, Json], name: str) -> timedelta | None:
    found = hints.get(name)
    if found is None:
        return None
    try:
        length = milliseconds(found) if isinstance(found, str) else found
    except ValueError as error:
        raise fault("configuration", f"the hint '{name}': {error}") from None
    if isinstance(length, bool) or not isinstance(length, int) or length <= 0:
        raise fault(
            "configuration", f"the hint '{name}' must be an ISO 8601 duration or a positive number of milliseconds, found {encode(found)}"
        )
    return timedelta(milliseconds=length)
