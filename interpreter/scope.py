"""What a pass shares, and what is visible at one place of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from interpreter.defaults import Limits
from interpreter.document.definition import Definition
from interpreter.effects import Alarm, Effect, Notice
from interpreter.evaluator import Evaluator
from interpreter.faults import fault
from interpreter.measure import Scales
from interpreter.state import State, capture
from interpreter.values import Json, size


class Blocked(BaseException):
    """A pass can go no further here; no `Exception`, so that nothing in the language catches it."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A fork's branch that was blocked in an earlier pass: what it wanted and awaited, how many events it had seen, and whether it found no room.

    Until one of its answers, its alarms, an event or room comes, entering it again would give the same; so it need not be entered.
    """

    wanted: tuple[Effect, ...]
    alarms: tuple[Alarm, ...]
    seq: int
    crowded: bool

    def still(self, run: Run) -> bool:
        """Whether nothing has come for it."""
        results = run.state["results"]
        return (
            self.seq == run.state["seq"]
            and not (self.crowded and run.has_room)
            and all(alarm.at > run.now for alarm in self.alarms)
            and not (results and any(effect.id in results for effect in self.wanted))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a run may know beyond its document and state; the same on every replay, but for the evaluator's speed.

    `resolve(namespace, name, version)` gives the digest of a workflow that this run carries, or None.
    `carried` is the size of input and envelope in bytes: with the state they must stay below what a server takes.
    `tired(spent)` says, from the steps spent since it was last asked, that the pass has taken long enough; an answer that is yes
    must be remembered for replays, since it decides where the pass ends.
    `anew` says that results which were kept are not wanted (`caching.OPTION`).
    """

    evaluator: Evaluator
    resolve: Callable[[str, str, str], str | None]
    resources: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    version: str = ""
    carried: int = 0
    tired: Callable[[int], bool] = field(default=lambda spent: False)  # noqa: ARG005  nobody measures
    anew: bool = False
    quiet: dict[str, Quiet] = field(default_factory=dict)
    """Branches that need not be entered, by address; a cache for as long as one host serves one run, never part of the state."""


ADMITTED = 4_000
MEASURED = 500
"""Bytes that cost a step when a value enters the state, and when the whole state has to be measured."""

LEAST_PACE = 50
"""Steps that a pass may take however long the ones before took."""


class Run:
    """One pass over a run: what it may read, and what it leaves behind."""

    __slots__ = (
        "alarms",
        "budget",
        "crowded",
        "cut",
        "definition",
        "host",
        "notices",
        "now",
        "scales",
        "spent",
        "state",
        "tired",
        "told",
        "wanted",
    )

    def __init__(self, definition: Definition, state: State, now: int, host: Host) -> None:
        self.definition = definition
        self.state = state
        self.now = now
        self.host = host
        self.scales = Scales(host.limits)
        self.wanted: list[Effect] = []
        self.crowded = 0
        self.alarms: list[Alarm] = []
        self.notices: list[Notice] = []
        self.spent = 0
        self.told = 0
        self.budget = min(host.limits.steps, state["pace"] or host.limits.steps)
        self.cut = False
        self.tired = False

    def step(self) -> None:
        """Pay for one more task, or one more event looked at; when the budget or the time is used up the pass ends here, like a block."""
        if self.spent >= self.budget or self._tired():
            self.cut = True
            raise Blocked
        self.spent += 1

    def strain(self, units: int) -> None:
        """Have the clock looked at sooner, as if so many more steps were spent: for what takes time and is no step."""
        self.told -= units

    def _tired(self) -> bool:
        if not self.tired:
            units, self.told = self.spent - self.told, self.spent
            self.tired = self.host.tired(units)
        return self.tired

    def keep_pace(self) -> None:
        """Let the next pass have fewer steps when this one took too long, so that each branch of a fork gets its share; and more when not."""
        if self.tired:
            self.state["pace"] = max(LEAST_PACE, self.spent // 2)
        elif self.cut and self.state["pace"] is not None:
            self.state["pace"] = min(self.host.limits.steps, self.state["pace"] + self.state["pace"] // 8)

    @property
    def has_room(self) -> bool:
        """Whether one more effect can be in flight."""
        return len(self.wanted) < self.host.limits.in_flight

    def find_room(self) -> None:
        """Block where no more effects can be in flight: what cannot start yet is not made yet, so that it weighs nothing in a state."""
        if not self.has_room:
            self.crowded += 1
            raise Blocked

    def lend(self, pointer: str, raw: Json) -> None:
        """Have a function that stands elsewhere count as standing at a pointer of the document, for as long as nothing else does."""
        if self.definition.guests.get(pointer) is not raw:
            self.definition = replace(self.definition, guests={**self.definition.guests, pointer: raw})

    def mark(self) -> tuple[int, int]:
        """How much is wanted and awaited so far."""
        return len(self.wanted), len(self.alarms)

    def withdraw(self, mark: tuple[int, int]) -> None:
        """Forget what was wanted and awaited since `mark`: its tasks are gone."""
        del self.wanted[mark[0] :]
        del self.alarms[mark[1] :]

    def admit(self, value: Json, what: str) -> Json:
        """The value itself, now counted as part of the state; a `validation` fault when it, or everything together, is too large."""
        weight = self.scales.admit(value, what)
        state = self.state
        self.spent += weight // ADMITTED
        state["weight"] += weight
        limit = self.host.limits.total_bytes - self.host.carried
        if state["weight"] > limit:
            # The sum only ever grows, while values leave with their frames: measure what is really there. Answers that nobody
            # has taken yet are weighed when they are: what fits must not depend on which of them came together.
            held = size(capture({**state, "results": {}}))
            self.spent += held // MEASURED
            state["weight"] = held + weight
            if state["weight"] > limit:
                raise fault(
                    "validation",
                    f"{what} of {weight} bytes does not fit: input, document and state together may take {self.host.limits.total_bytes} bytes",
                )
        return value


@dataclass(frozen=True, slots=True)
class Scope:
    """What is visible at one place: the pass, where we are, the variables bound on the way, and the context in force.

    `pointer` is the place in the document, `address` adds loop indices and visits: it names one visit of a place in the whole run,
    and `attempts` adds which attempts of a `try` we are in: with it, an address names one evaluation.
    The context stands in `contexts[context_key]`: the state's own, or a fork branch's.
    """

    run: Run
    pointer: str = ""
    address: str = ""
    attempts: str = ""
    index: tuple[int, ...] = ()
    variables: Mapping[str, Json] = field(default_factory=dict)
    contexts: dict[str, Json] = field(default_factory=dict)
    context_key: str = "context"
    in_fork: bool = False
    retry: Any = None
    """The retry (`tasks.try_.Pushed`) that the one call below may hand to its activity."""
    depth: int = 0
    """How many tasks, and functions' tasks, this one stands in."""
    calls: tuple[str, ...] = ()
    """The functions that are being called here, outermost first, each by the pointer at which it stands."""
    extending: bool = False
    """Whether this is a task of an extension, or of a function that one calls: such are not extended themselves."""
    heard: str = ""
    """The later attempts in which the event was heard that is being handled: an attempt hears others than the one before, under the same indices."""

    @property
    def effect(self) -> str:
        """What names an effect made here: the address, so that it is the same one in every attempt; what is done with another event is another."""
        return self.address + self.heard

    @property
    def context(self) -> Json:
        """`$context` as it is now."""
        return self.contexts[self.context_key]

    def export(self, context: Json) -> None:
        """Replace `$context`."""
        self.contexts[self.context_key] = context

    def at(self, pointer: str, address: str) -> Scope:
        """The same, one place further down."""
        return Scope(
            self.run,
            pointer,
            address,
            self.attempts,
            self.index,
            self.variables,
            self.contexts,
            self.context_key,
            self.in_fork,
            self.retry,
            self.depth + 1,
            self.calls,
            self.extending,
            self.heard,
        )
