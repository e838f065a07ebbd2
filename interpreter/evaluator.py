"""What the pure core asks of whoever evaluates expressions, schemas and patterns for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from interpreter.values import Json


class Held(BaseException):
    """An evaluation was stopped for a reason that a replay may not meet again (deadline, memory, death of a child, no slot).

    It is no `Exception`, so that nothing in the language catches it: it fails the workflow task, never the run.
    `counted` says whether it counts towards the recorded stop (CPU time, memory limit, death in this program, refusal by penalty after one of these).
    """

    def __init__(self, message: str, *, place: str, counted: bool) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.counted = counted


class Evaluated(NamedTuple):
    """Results in the order of the expressions, and what they cost in steps (0 on the fast path)."""

    values: list[Json]
    cost: int


class Evaluator(Protocol):
    """Evaluates deterministically; raises `Fault` (type `expression`) for what is wrong with text or data, `Held` when stopped.

    `place` addresses the evaluation within the run (task address and ordinal); `now` is the run's clock in milliseconds.
    `language` is a `languages.Language`'s name; `seed` and `place` decide what chance gives where a language has any.
    """

    def evaluate(
        self,
        expressions: Sequence[str],
        dot: Json,
        variables: Mapping[str, Json],
        now: int,
        place: str,
        *,
        language: str = "jq",
        seed: str = "",
    ) -> Evaluated:
        """Evaluate expressions (bare text, without `${ }`) on `dot`: `.` in jq, `$` in JavaScript.

        `variables` maps names without `$`; it may compute members lazily, so only the named ones are asked for.
        In jq no result gives null, several give an array.
        """
        ...

    def check(self, schema: Json, value: Json, place: str) -> str | None:
        """What is wrong with a value by a JSON Schema (for people, with the place in the value), or None."""
        ...

    def matches(self, pattern: str, text: str, place: str) -> bool:
        """Whether a whole text matches a regular expression; an invalid pattern matches nothing."""
        ...
