"""Asks a child, within the deadlines, and says what stopped it: the one place where `Held` is raised."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from interpreter.evaluation.penalties import Penalties
from interpreter.evaluation.pool import NoChild, Pool
from interpreter.evaluation.process import Answer, Died, Overdue, Unsent
from interpreter.evaluation.settings import Settings
from interpreter.evaluator import Held
from interpreter.values import cut

_QUICK_PROGRAMS = 4096
_SHOWN = 120
_MIB = 1024 * 1024


class Request(NamedTuple):
    """The work for a child. `clock` stands before `data` in the body; it is no part of what a penalty remembers."""

    head: bytes
    data: bytes
    clock: bytes
    place: str
    subject: str
    """What is evaluated, as messages call it: "expression `.a + 1`"."""


class Refused(Exception):
    """A child's refusal, the same from every child: `phase` is `compile`, `run`, `result` or `schema`."""

    def __init__(self, phase: str, message: str, index: int) -> None:
        super().__init__(message)
        self.phase = phase
        self.message = message
        self.index = index


@dataclass(slots=True)
class Budget:
    """What evaluations may still take (wall seconds), and have taken (CPU seconds), in one activation."""

    seconds: float
    cpu: float = 0.0


class Runner:
    """Thread-safe. Every answer comes within the budget of the calling thread's activation, or not at all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool = Pool(settings)
        self._penalties = Penalties(settings)
        self._quick: OrderedDict[bytes, None] = OrderedDict()
        self._quick_lock = threading.Lock()
        self._thread = threading.local()

    def begin_activation(self) -> None:
        """From now on the evaluations of this thread share one budget."""
        self._thread.budget = Budget(self._settings.activation)

    def ask(self, request: Request) -> str:
        """The answer's text; `Refused` when every child would refuse, `Held` when it was stopped."""
        budget = getattr(self._thread, "budget", None) or Budget(self._settings.activation)
        return self.ask_within(budget, self._settings.deadline, request)

    def ask_within(self, budget: Budget, cpu_seconds: float, request: Request) -> str:
        """As `ask`, in another budget and with another limit of CPU time."""
        began = time.monotonic()
        try:
            answer = self._answer(budget, cpu_seconds, request)
        finally:
            budget.seconds -= time.monotonic() - began
        budget.cpu += answer.cpu
        if answer.refused:
            raise self._refused(request, Refused(**json.loads(answer.text)))
        return answer.text

    def close(self) -> None:
        """End the children."""
        self._pool.close()

    def _answer(self, budget: Budget, cpu_seconds: float, request: Request) -> Answer:
        self._refuse_if_stopped_before(request)
        ends = time.monotonic() + budget.seconds
        try:
            with self._pool.lease(min(budget.seconds, self._settings.slot_wait), quick=request.head in self._quick) as lease:
                self._refuse_if_stopped_before(request)  # again: another run may have been stopped in it during the wait
                seconds = ends - time.monotonic()
                if seconds <= 0:
                    raise Overdue(0.0)  # noqa: TRY301
                answer = lease.ask(request.head, request.clock + request.data, seconds, cpu_seconds)
        except NoChild:
            raise _held(request, f"found all {self._settings.children} evaluators busy; {_AGAIN}, and more workers would help") from None
        except OSError as error:
            raise _held(request, f"found no evaluator, since none could be started ({error}); {_AGAIN}") from None
        except Overdue as overdue:
            raise self._overdue(request, budget, overdue.cpu) from None
        except Unsent:
            raise _held(request, f"found no evaluator, since a new one ended at once; {_AGAIN}") from None
        except Died as died:
            raise self._died(request, died.code, cpu_seconds) from None
        self._remember_if_quick(request.head, answer.cpu)
        return answer

    def _refused(self, request: Request, refused: Refused) -> Refused | Held:
        """A refusal, or what only looks like one: another worker, or the same one later, may answer."""
        if refused.phase == "stopped":
            self._penalties.add(request.head, request.data)
            return _held(request, f"{refused.message}. {_LESS}", counted=True)
        return refused

    def _refuse_if_stopped_before(self, request: Request) -> None:
        refusal = self._penalties.refusal(request.head, request.data)
        if refusal is not None:
            said = f"was stopped a short while ago and is refused for another {refusal.seconds:.0f} s. {_LESS}"
            raise _held(request, said, counted=refusal.counted)

    def _overdue(self, request: Request, budget: Budget, cpu: float) -> Held:
        """Wall time over. It counts only when the activation's evaluations have had their CPU time: else the machine was slow."""
        counted = budget.cpu + cpu >= self._settings.deadline
        if counted:
            self._penalties.add(request.head, request.data)
        said = (
            f"was stopped after {cpu:.1f} s of CPU time, since all evaluations of one step may take {self._settings.activation} s together"
        )
        return _held(request, f"{said}. {_LESS}" if counted else f"{said}; {_AGAIN}", counted=counted)

    def _died(self, request: Request, code: int, cpu_seconds: float) -> Held:
        if code == -signal.SIGALRM:  # the whole worker stood still
            return _held(request, f"was stopped, since the worker did not listen; {_AGAIN}")
        self._penalties.add(request.head, request.data)
        if code == -signal.SIGPROF:
            return _held(request, f"was stopped after {cpu_seconds:.1f} s of CPU time. {_LESS}", counted=True)
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        limit = f"{self._settings.memory // _MIB:,} MiB"
        return _held(request, f"ended its evaluator ({how}), most likely at the memory limit of {limit}. {_LESS}", counted=True)

    def _remember_if_quick(self, head: bytes, cpu: float) -> None:
        if cpu >= self._settings.quick or head in self._quick:
            return
        with self._quick_lock:
            self._quick[head] = None
            if len(self._quick) > _QUICK_PROGRAMS:
                self._quick.popitem(last=False)


_LESS = "It has to do less work or to look at less data."
_AGAIN = "it is tried again by itself"


def _held(request: Request, said: str, *, counted: bool = False) -> Held:
    """One line: a workflow task's failure is seen where only a first line is shown."""
    return Held(f"{request.place}: {request.subject} {said}", place=request.place, counted=counted)


def excerpt(text: str) -> str:
    """A text on one line, shortened, for messages."""
    return cut(" ".join(text.split()), _SHOWN)
