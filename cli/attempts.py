"""Retries that the server makes itself, which no history tells of before they are over: seen by looking at the pending calls."""

from __future__ import annotations

from temporalio.api.workflow.v1 import PendingActivityInfo

from cli.progress import MARKS, clock
from interpreter.temporal.unserved import task_of
from interpreter.values import Json


class Attempts:
    """Which failed attempts have been told, so that the notices that come when the call is over do not tell them again."""

    def __init__(self) -> None:
        self._told: set[tuple[str, int]] = set()

    def lines(self, pending: list[PendingActivityInfo], now: int) -> list[str]:
        """A line for each failed attempt not told yet; `now` in milliseconds."""
        said = []
        for activity in pending:
            failed = (activity.activity_id, activity.attempt - 1)
            if activity.attempt > 1 and failed not in self._told:
                self._told.add(failed)
                said.append(_line(activity, now))
        return said

    def knows(self, notice: Json) -> bool:
        """Whether a notice tells of an attempt that was told; it stands at the `try` around the call."""
        if notice["kind"] != "retried":
            return False
        inside = f"{notice['reference']}/try/"
        return any(id.startswith(inside) and attempt == notice["attempt"] for id, attempt in self._told)


def _line(activity: PendingActivityInfo, now: int) -> str:
    name = task_of(activity.activity_id, activity.activity_type.name)
    failure = activity.last_failure
    reason = failure.message if failure.HasField("application_failure_info") else "its worker was lost"
    due = activity.next_attempt_schedule_time
    following = f"at {clock(due.ToMilliseconds())}" if due.ByteSize() and due.ToMilliseconds() > now else "runs"
    return f"{clock(now)}  {MARKS['retried']} {name}  {activity.activity_type.name}  attempt {activity.attempt - 1} failed: {reason}; next {following}"
