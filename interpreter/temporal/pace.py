"""When a pass has taken long enough: the SDK fails a workflow task whose code does not yield for 2 s, and nothing else runs meanwhile.

Steps are the same on every machine, the time they take is not. So now and then the clock is looked at; where it says that it is
time to stop, that is recorded in the history (one marker), and a replay, which does not look at the clock, stops there too.
"""

from __future__ import annotations

import time

from temporalio import workflow

LONG = 0.4
"""Seconds after which an activation should end; what it has begun may take as long again."""

UNITS = 10
"""Steps between two looks at the clock."""


class Pace:
    """The time of one run's activations; for use inside a workflow only."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._units = 0
        self._looks = 0
        self._began = True

    def begin_activation(self) -> None:
        """What follows is another activation."""
        self._since = time.monotonic()
        self._began = True

    def tired(self, spent: int) -> bool:
        """Whether the pass should end here, after so many more steps; never at an activation's first look, so that each gets somewhere."""
        self._units += spent
        if self._units < UNITS:
            return False
        self._units = 0
        self._looks += 1
        if self._began:
            self._began = False
            return False
        if workflow.unsafe.is_replaying():
            return workflow.patched(self._marker)
        return time.monotonic() - self._since > LONG and workflow.patched(self._marker)

    @property
    def _marker(self) -> str:
        return f"paused:{self._looks}"
