"""How many effects one workflow task may start: the server takes its commands in one message of at most 4 MB."""

from __future__ import annotations

from interpreter.defaults import Limits
from interpreter.effects import Effect
from interpreter.values import size


class Budget:
    """Starts left in the current workflow task, in number and bytes; one effect always fits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._task = -1
        self._starts = 0
        self._bytes = 0
        self.used_up = False
        """Whether the last refusal was for this workflow task alone, so that another one would help."""

    def open(self, task: int) -> None:
        """Begin a pass in the workflow task `task` (any number that tells it apart); only a new task has a new budget."""
        if task != self._task:
            self._task, self._starts, self._bytes = task, 0, 0

    def takes(self, effect: Effect, *, running: int) -> bool:
        """Whether one more effect may start beside `running` others; if so it is paid."""
        weight = size(effect.arguments)
        full = self._starts >= self._limits.starts or (self._starts > 0 and self._bytes + weight > self._limits.start_bytes)
        crowded = running >= self._limits.in_flight
        self.used_up = full and not crowded
        if full or crowded:
            return False
        self._starts += 1
        self._bytes += weight
        return True
