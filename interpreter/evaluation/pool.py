"""An elastic pool of children: started when needed, handed from one caller to the next in order of arrival."""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Self

from interpreter.evaluation.process import Answer, Child, Unsent
from interpreter.evaluation.settings import Settings

_SLICE = 0.05
"""Longest wait in one call, in seconds: the SDK's deadlock interrupt arrives only between bytecodes."""


class NoChild(Exception):
    """Every child was busy for the whole wait."""


@dataclass(slots=True, eq=False)
class _Waiter:
    quick: bool
    granted: threading.Event = field(default_factory=threading.Event)


class Pool:
    """Thread-safe. A lease is a right to one of `settings.children` places; behind it stands an idle child or a new one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Child]] = []  # a stack: the one used last has the warmest caches
        self._waiters: deque[_Waiter] = deque()
        self._busy = 0
        self._closed = False
        atexit.register(self.close)

    def lease(self, wait: float, *, quick: bool) -> Lease:
        """A child for the caller alone, after `wait` seconds at most; some places are kept for `quick` programs.

        `NoChild` when none came free, `OSError` when none could be started. To be used as a context manager at once.
        """
        self._enter(wait, quick=quick)
        try:
            with self._lock:
                child = self._idle.pop()[1] if self._idle else None
            return Lease(self, child or self.start())
        except BaseException:
            self._leave()
            raise

    def start(self) -> Child:
        """A new child; `OSError` when the system does not let it."""
        return Child(self._settings.memory)

    def settle(self, child: Child, *, reusable: bool) -> None:
        """End a lease: keep its child for the next one, or end it."""
        expired = self._kept(child) if reusable else [child]
        try:
            for one in expired:
                one.kill()
        finally:
            self._leave()

    def close(self) -> None:
        """End the idle children now and the busy ones when they come back."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            idle = [child for _, child in self._idle]
            self._idle.clear()
        for child in idle:
            child.end()

    def _kept(self, child: Child) -> list[Child]:
        """Keep an idle child; gives those that have been idle for too long."""
        now = time.monotonic()
        with self._lock:
            self._idle.append((now, child))
            surplus = len(self._idle) if self._closed else max(0, len(self._idle) - self._settings.warm)
            expired = [one for since, one in self._idle[:surplus] if self._closed or now - since > self._settings.idle]
            del self._idle[: len(expired)]
        return expired

    def _enter(self, wait: float, *, quick: bool) -> None:
        with self._lock:
            if self._has_room(quick=quick):
                self._busy += 1
                return
            waiter = _Waiter(quick)
            self._waiters.append(waiter)
        ends = time.monotonic() + wait
        try:
            while not waiter.granted.wait(max(0.0, min(_SLICE, ends - time.monotonic()))):
                if time.monotonic() >= ends:
                    raise NoChild  # noqa: TRY301
        except BaseException:
            self._withdraw(waiter)
            raise

    def _withdraw(self, waiter: _Waiter) -> None:
        with self._lock:
            waiting = waiter in self._waiters
            if waiting:
                self._waiters.remove(waiter)
        if not waiting:
            self._leave()

    def _leave(self) -> None:
        """Free a place and hand it to the first who may have it."""
        with self._lock:
            self._busy -= 1
            for waiter in self._waiters:
                if self._has_room(quick=waiter.quick):
                    self._waiters.remove(waiter)
                    self._busy += 1
                    waiter.granted.set()
                    return

    def _has_room(self, *, quick: bool) -> bool:
        kept = 0 if quick else min(self._settings.reserved, self._settings.children - 1)
        return self._busy < self._settings.children - kept


class Lease:
    """One child for one caller; after anything but an answer the child is ended with the lease, lest the next one reads what is left."""

    def __init__(self, pool: Pool, child: Child) -> None:
        self._pool = pool
        self._child = child
        self._answered = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.settle(self._child, reusable=self._answered)

    def ask(self, head: bytes, body: bytes, seconds: float, cpu_seconds: float) -> Answer:
        """As `Child.ask`; a child that had died while it was idle is replaced, and the request sent once more."""
        self._answered = False
        try:
            answer = self._child.ask(head, body, seconds, cpu_seconds)
        except Unsent:
            self._child.kill()
            self._child = self._pool.start()
            answer = self._child.ask(head, body, seconds, cpu_seconds)
        self._answered = True
        return answer
