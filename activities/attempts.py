"""A retry that the document left to Temporal: what one attempt of the activity tells the next, and whether there is a next.

The failed attempts travel in the details of heartbeats, which the server keeps from one attempt of an activity to the next.
A worker that was lost is an attempt for Temporal and none for the document.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio import activity

from interpreter.faults import Problem
from interpreter.retry import Policy, caught, may_retry, next_delay
from interpreter.values import Json

TOLD = 100
"""How many failed attempts are told, the latest ones; all are counted."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts that failed and were followed by another: how many, and what is told of the latest."""

    failed: int = 0
    told: tuple[Json, ...] = ()
    """Of each `{attempt, at, error, next}`: its number from 1, when it failed, the problem, when the next one is due (instants in ms)."""

    @classmethod
    def carried(cls, info: activity.Info) -> Attempts:
        """What the attempts before this one left; as a local activity has no heartbeats, its are counted and not told."""
        if info.is_local:
            return cls(info.attempt - 1)
        if not info.heartbeat_details:
            return cls()
        details = info.heartbeat_details[0]
        return cls(details["failed"], tuple(details["attempts"]))

    def lost(self, info: activity.Info) -> int:
        """How many workers were lost before this attempt."""
        return max(0, info.attempt - 1 - self.failed)

    def delay(self, policy: Policy, problem: Problem, now: int) -> int | None:
        """Milliseconds until the next attempt after this one failed, None where the document asks for no other."""
        if not caught(policy["errors"], problem):
            return None
        number = self.failed + 1
        delay = next_delay(policy, number, random.random())  # noqa: S311 - nothing to guess here
        return delay if may_retry(policy, number, now - policy["start"], delay) else None

    def after(self, problem: Problem, now: int, delay: int) -> Attempts:
        """These attempts and the one that just failed, to be followed by another."""
        entry = {"attempt": self.failed + 1, "at": now, "error": problem.as_json(), "next": now + delay}
        return Attempts(self.failed + 1, (*self.told, entry)[-TOLD:])

    def as_details(self) -> Json:
        """For heartbeats."""
        return {"failed": self.failed, "attempts": self.as_json()}

    def as_json(self) -> Sequence[Json]:
        """For the answer."""
        return list(self.told)
