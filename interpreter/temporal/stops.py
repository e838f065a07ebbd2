"""The recorded stop: an evaluation that cannot end here does not hold its run for ever.

The first stops of an evaluation fail the workflow task, and it is tried again. After the third that counts, in one worker
process, the stop is recorded in the history and is from then on a catchable `expression` fault. A replay asks the history
first, and where nothing is recorded it never records: there the evaluation stays `Held`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Protocol, TypeVar

from temporalio import workflow

from interpreter.evaluator import Evaluated, Evaluator, Held
from interpreter.faults import Fault, fault
from interpreter.values import Json, digest

STOPS = 3
REMEMBERED = 10_000

_Answer = TypeVar("_Answer")


class Tally:
    """How often each evaluation was stopped in this process; the least recent go when there are too many. Safe for threads."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = Lock()

    def count(self, run: str, place: str) -> int:
        """One more stop of the evaluation at `place` of a run; gives how many there were."""
        with self._lock:
            found = self._counts.pop((run, place), 0) + 1
            self._counts[run, place] = found
            if len(self._counts) > REMEMBERED:
                self._counts.popitem(last=False)
            return found


TALLY = Tally()


class Budgeted(Evaluator, Protocol):
    """An evaluator that gives the evaluations of one activation a common budget of time."""

    def begin_activation(self) -> None:
        """What follows on this thread is another activation."""
        ...


class RecordedStops:
    """An `Evaluator` around another one, for use inside a workflow only."""

    def __init__(self, evaluator: Budgeted, tally: Tally = TALLY) -> None:
        self._evaluator = evaluator
        self._tally = tally

    def begin_activation(self) -> None:
        """See `Budgeted`."""
        self._evaluator.begin_activation()

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
        """See `Evaluator`."""
        return self._tried(place, lambda: self._evaluator.evaluate(expressions, dot, variables, now, place, language=language, seed=seed))

    def check(self, schema: Json, value: Json, place: str) -> str | None:
        """See `Evaluator`."""
        return self._tried(place, lambda: self._evaluator.check(schema, value, place))

    def matches(self, pattern: str, text: str, place: str) -> bool:
        """See `Evaluator`."""
        return self._tried(place, lambda: self._evaluator.matches(pattern, text, place))

    def _tried(self, place: str, work: Callable[[], _Answer]) -> _Answer:
        marker = f"stopped:{digest(place)[:16]}"
        if workflow.unsafe.is_replaying() and workflow.patched(marker):
            raise _stopped()
        try:
            return work()
        except Held as held:
            if not self._lasting(held) or not workflow.patched(marker):
                raise
        raise _stopped()

    def _lasting(self, held: Held) -> bool:
        """Whether it was stopped often enough, and history may still be written."""
        if not held.counted or workflow.unsafe.is_replaying():
            return False
        return self._tally.count(workflow.info().run_id, held.place) >= STOPS


def _stopped() -> Fault:
    # The same words on every replay, whatever the evaluation said when it was stopped.
    return fault("expression", f"the evaluation was stopped {STOPS} times: it takes more time or memory than an expression may")
