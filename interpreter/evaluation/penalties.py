"""Evaluations that were stopped, remembered for a while, so that a retry does not burn the same time again.

This bounds CPU time only: a refusal is again a `Held`, and decides no outcome.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from interpreter.evaluation.settings import Settings

_PROGRAMS = 1_000
_INPUTS = 3
"""Different inputs after which the program is refused whatever its input is."""


class Refusal(NamedTuple):
    """`counted` where this very evaluation was stopped; not for what only shares its program with others that were."""

    seconds: float
    counted: bool


@dataclass(slots=True)
class _Stop:
    until: float
    seconds: float


@dataclass(slots=True)
class _Stopped:
    by_input: OrderedDict[bytes, _Stop] = field(default_factory=OrderedDict)
    whatever: float = 0.0


class Penalties:
    """Thread-safe. Keys: a request's head (the program) and its data (the input, without the clock)."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._programs: OrderedDict[bytes, _Stopped] = OrderedDict()

    def refusal(self, head: bytes, data: bytes) -> Refusal | None:
        """How long this evaluation is still refused, or None; cheap when the program was never stopped."""
        if head not in self._programs:
            return None
        key, now = _digest(data), self._clock()
        with self._lock:
            stopped = self._programs.get(head, _Stopped())
            own = stopped.by_input.get(key)
            if own is not None and own.until > now:
                return Refusal(own.until - now, counted=True)
            return Refusal(stopped.whatever - now, counted=False) if stopped.whatever > now else None

    def add(self, head: bytes, data: bytes) -> None:
        """Remember that an evaluation was stopped just now, for a reason that counts.

        One that does not count is not remembered: it must not hold back the next try, which may get through, or count.
        """
        key, settings = _digest(data), self._settings
        with self._lock:
            stopped = self._programs.setdefault(head, _Stopped())
            self._programs.move_to_end(head)
            last = stopped.by_input.pop(key, None)
            seconds = min(settings.longest_penalty, last.seconds * 2) if last else settings.penalty
            stopped.by_input[key] = _Stop(self._clock() + seconds, seconds)
            if len(stopped.by_input) >= _INPUTS:
                stopped.whatever = self._clock() + settings.penalty
            while len(stopped.by_input) > _INPUTS:
                stopped.by_input.popitem(last=False)
            while len(self._programs) > _PROGRAMS:
                self._programs.popitem(last=False)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
