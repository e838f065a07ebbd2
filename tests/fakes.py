"""A world for the pure core: a virtual clock, scripted answers and events, a record of every effect. No server, no network, no waiting.

The world outlives the engine: `interrupt` says at which steps the state is captured, sent through JSON and given to a new engine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jq

from interpreter.defaults import Limits
from interpreter.document.definition import Definition
from interpreter.effects import Completed, Effect, Faulted, Notice
from interpreter.engine import Host, advance, begin
from interpreter.evaluation import child, javascript
from interpreter.evaluation.runner import Refused, Request
from interpreter.evaluator import Evaluated
from interpreter.expressions import names
from interpreter.faults import Fault, Problem, fault
from interpreter.retry import caught, may_retry, next_delay
from interpreter.state import State, capture, deliver, receive, restore
from interpreter.values import Json, encode

START = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""


class _Here:
    """What is asked of a child, done in this process; nothing is stopped."""

    def ask(self, request: Request) -> str:
        head = json.loads(request.head)
        try:
            return child.WORKS[head.pop("do")](**head)((request.clock + request.data).decode())
        except child.Refused as refused:
            raise Refused(**refused.answer) from None


class InProcess:
    """An evaluator that asks jq and QuickJS in this process: exact enough for documents one trusts, and as quick as tests want to be."""

    def __init__(self) -> None:
        self.asked = 0

    def evaluate(self, expressions, dot: Json, variables: Mapping[str, Json], now: int, place: str, language="jq", seed="") -> Evaluated:
        """Each expression alone, with the variables it names."""
        self.asked += len(expressions)
        if language == "javascript":
            return Evaluated(*javascript.evaluate(_Here(), (range(len(expressions)), tuple(expressions)), dot, variables, now, place, seed))
        return Evaluated([self._one(expression, dot, variables, now) for expression in expressions], 0)

    def _one(self, expression: str, dot: Json, variables: Mapping[str, Json], now: int) -> Json:
        named = tuple(sorted(name for name in names(expression) if name in variables))
        try:
            found = json.loads(_program(expression, named).input_value([dot, now / 1000, *(variables[name] for name in named)]).first())
        except ValueError as error:
            raise fault("expression", str(error).partition("\n")[0]) from None
        return found[0] if len(found) == 1 else (found or None)

    def check(self, schema: Json, value: Json, place: str) -> str | None:
        """By jsonschema's Python validator."""
        import jsonschema

        error = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)(schema).iter_errors(value)
        return next((found.message for found in error), None)

    def matches(self, pattern: str, text: str, place: str) -> bool:
        """By Python's `re`, over the whole text."""
        import re

        try:
            return re.fullmatch(pattern, text) is not None
        except re.error:
            return False


@lru_cache(4096)
def _program(expression: str, named: tuple[str, ...]) -> Any:
    bound = "".join(f".[{at + 2}] as ${name} | " for at, name in enumerate(named))
    return jq.compile(f".[1] as $__now | {bound}.[0] | def now: $__now; [limit(10000; ({expression}\n))] | tojson")


Answer = Json | Fault | Callable[[Effect], Json]
"""A value, a fault, or a function of the effect that gives one of them (or an `After`), or raises the fault."""


@dataclass(frozen=True)
class After:
    """An answer that takes a while, in milliseconds."""

    delay: int
    answer: Answer = None


@dataclass(frozen=True)
class Started:
    """An effect that was started, and when (ms since the world's start)."""

    reference: str
    kind: str
    arguments: Json
    at: int
    key: str


@dataclass
class Ran:
    """How a run ended, and all that happened on the way."""

    output: Json = None
    problem: Json = None
    completed: bool = False
    context: Json = None
    started: list[Started] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    inbox: list[Json] = field(default_factory=list)
    dropped: int = 0
    end: int = 0
    steps: int = 0

    def order(self) -> list[str]:
        """The names of the tasks in the order in which they started."""
        return [notice.name for notice in self.notices if notice.kind == "started" and notice.reference]

    def told(self, kind: str) -> list[str]:
        """The names of the tasks for which something of a kind happened."""
        return [notice.name for notice in self.notices if notice.kind == kind and notice.reference]


class Stuck(AssertionError):
    """Nothing can ever happen any more, but the run has not ended."""


class World:
    """Runs definitions on a virtual clock.

    `answers` maps a task's name (or an effect's kind) to its answer, or to a list of answers used one after the other;
    `events` are `(milliseconds after the start, CloudEvent)`; `children` are the definitions that `run: workflow` finds, by `namespace/name:version`.
    `yielding` is how long it takes to come back after a pass that the step budget cut, in milliseconds;
    `outages` how much longer after a certain step, as if no worker had run.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer | After | list[Answer | After]] | None = None,
        events: Iterable[tuple[int, Json]] = (),
        children: Mapping[str, Definition] | None = None,
        *,
        resources: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        evaluator=None,
        yielding: int = 0,
        outages: Mapping[int, int] | None = None,
    ) -> None:
        self.answers = {name: list(answer) if isinstance(answer, list) else answer for name, answer in (answers or {}).items()}
        self.events = sorted(events, key=lambda entry: entry[0])
        self.children = dict(children or {})
        self.resources = dict(resources or {})
        self.limits = limits or Limits()
        self.evaluator = evaluator or InProcess()
        self.yielding = yielding
        self.outages = outages or {}

    def host(self) -> Host:
        """What the engine gets."""
        return Host(evaluator=self.evaluator, resolve=self._resolve, resources=self.resources, limits=self.limits, version="0.0.0-test")

    def carry(self, state: State) -> State:
        """A state on its way from one run of the chain to the next."""
        return restore(json.loads(encode(capture(state))))

    def _resolve(self, namespace: str, name: str, version: str) -> str | None:
        wanted = f"{namespace}/{name}:"
        found = sorted(key for key in self.children if key.startswith(wanted) and version in {"latest", key.removeprefix(wanted)})
        return self.children[found[-1]].digest if found else None

    def run(
        self,
        definition: Definition,
        input: Json = ...,
        *,
        interrupt: Callable[[int], bool] = lambda step: False,
        until: int = 10**12,
    ) -> Ran:
        """Run to the end (or to `until` ms after the start); `interrupt(step)` says whether the state goes through JSON after that step."""
        return _Running(self, definition, {} if input is ... else input, interrupt, until).to_the_end()


class _Running:
    """One run in a world."""

    def __init__(self, world: World, definition: Definition, input: Json, interrupt: Callable[[int], bool], until: int) -> None:
        self.world = world
        self.host = world.host()
        self.definition = definition
        self.interrupt = interrupt
        self.until = until
        self.now = START
        self.state: State = begin(input, id="run-1", seed="seed-1", now=START)
        self.pending: dict[str, tuple[int, Json]] = {}
        self.events = list(world.events)
        self.ran = Ran()

    def to_the_end(self) -> Ran:
        while True:
            self._arrive()
            done = advance(self.definition, self.state, self.now, self.host)
            self.ran.steps += 1
            self.ran.notices += done.notices
            self._reconcile(done.wanted if done.outcome is None else ())
            if done.outcome is not None:
                return self._ended(done.outcome)
            if self.interrupt(self.ran.steps):
                self.state = self.world.carry(self.state)
                self.host = self.world.host()
            if done.cut:
                self.now += self.world.yielding
                continue
            moments = [at for at, _ in self.pending.values()] + [alarm.at for alarm in done.alarms]
            moments += [START + self.events[0][0]] if self.events else []
            if not moments:
                raise Stuck(encode(self.state["root"]))
            self.now = max(self.now, min(moments)) + self.world.outages.get(self.ran.steps, 0)
            if self.now > START + self.until:
                return self._left()

    def _arrive(self) -> None:
        while self.events and START + self.events[0][0] <= self.now:
            receive(self.state, self.events.pop(0)[1], self.world.limits)
        for effect_id in [key for key, (at, _) in self.pending.items() if at <= self.now]:
            deliver(self.state, effect_id, self.pending.pop(effect_id)[1])

    def _reconcile(self, wanted: Iterable[Effect]) -> None:
        ids = {effect.id for effect in wanted}
        for effect_id in [key for key in self.pending if key not in ids]:
            del self.pending[effect_id]
            self.ran.cancelled.append(effect_id.rpartition("#")[0])
        for effect in wanted:
            if effect.id not in self.pending:
                self._start(effect)

    def _start(self, effect: Effect) -> None:
        """Start an effect; a retry handed to the activity is made here, as the activity makes it."""
        policy = effect.arguments.get("retry")
        at = self.now
        attempts: list[Json] = []
        while True:
            self.ran.started.append(Started(effect.reference, effect.kind, effect.arguments, at - START, effect.key))
            delay, reply = self._answered(effect)
            at += delay
            if policy is None:
                break
            reply["attempts"] = attempts
            pause = self._pause(policy, reply, len(attempts) + 1, at)
            if pause is None:
                reply["exhausted"] = "fault" in reply
                break
            attempts.append({"attempt": len(attempts) + 1, "at": at, "error": reply["fault"], "next": at + pause})
            at += pause
        self.pending[effect.id] = (at, json.loads(encode(reply)))

    def _answered(self, effect: Effect) -> tuple[int, Json]:
        delay, answer = 0, self._scripted(effect)
        while isinstance(answer, After) or callable(answer):
            if isinstance(answer, After):
                delay, answer = delay + answer.delay, answer.answer
                continue
            try:
                answer = answer(effect)
            except Fault as error:
                answer = error
        return delay, {"fault": answer.problem.as_json()} if isinstance(answer, Fault) else {"value": answer}

    def _pause(self, policy: Json, reply: Json, attempt: int, at: int) -> int | None:
        if "fault" not in reply or not caught(policy["errors"], Problem.from_json(reply["fault"])):
            return None
        delay = next_delay(policy, attempt, 0.5)
        return delay if may_retry(policy, attempt, at - policy["start"], delay) else None

    def _scripted(self, effect: Effect) -> Answer | After:
        answers = self.world.answers
        found = answers.get(effect.name, answers.get(effect.kind, ...))
        if isinstance(found, list):
            found = found.pop(0)
        if found is not ...:
            return found
        if effect.kind == "emit":
            return effect.arguments["with"]["event"]
        if effect.kind == "run.workflow":
            return self._child(effect)
        raise AssertionError(f"no answer is scripted for {effect.name} ({effect.kind})")

    def _child(self, effect: Effect) -> Answer | After:
        asked = effect.arguments["with"]
        definition = next(child for child in self.world.children.values() if child.digest == asked["digest"])
        ran = self.world.run(definition, asked["input"])
        if not asked["await"]:
            return None
        return After(ran.end, ran.output if ran.completed else Fault(Problem.from_json(ran.problem)))

    def _ended(self, outcome: Completed | Faulted) -> Ran:
        if isinstance(outcome, Completed):
            self.ran.completed, self.ran.output = True, outcome.output
        else:
            self.ran.problem = outcome.problem.as_json()
        return self._left()

    def _left(self) -> Ran:
        self.ran.context = self.state["context"]
        self.ran.inbox = [entry["event"] for entry in self.state["inbox"]]
        self.ran.dropped = self.state["dropped"]
        self.ran.end = self.now - START
        return self.ran
