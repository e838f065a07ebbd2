"""The fake world as a runner: no server, a virtual clock, and the real activities where something is called for real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.assembly import assembled
from activities.secrets import variable
from interpreter.document.definition import Definition
from interpreter.document.envelope import Envelope
from interpreter.effects import FETCH, Effect
from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.evaluator import Evaluator
from interpreter.faults import Fault, Problem
from interpreter.lifecycle_events import Chronicle
from interpreter.values import Json, encode
from tests import fakes
from tests.conformance.reading import reading
from tests.conformance.world import CALLS, PROCESSES, Done, Ran, Script, Told
from tests.settings import Settings

REPEATS = 100
"""How often the last answer of a script is given before the world runs dry."""


class FakeRunner:
    """Runs documents in `tests.fakes.World`, each in a world of its own."""

    def __init__(self, evaluator: ChildEvaluator, interrupt: Callable[[int], bool] = lambda _: False) -> None:
        """`interrupt(step)` says after which steps the state goes through JSON to a new engine."""
        self._evaluator = evaluator
        self._interrupt = interrupt

    def run(self, text: str, input: Json = ..., *, children: Sequence[str] = (), script: Script | None = None) -> Ran:
        """Load the document as the command line does, and run it if that would."""
        script = script or Script()
        read = reading(text, children, self._evaluator.compile_check, script.resources)
        if isinstance(read, Ran):
            return read
        with script.serve() if script.serve else nullcontext({}) as origins:
            settings = Settings(environment=environment(script.secrets), origins=origins)
            kinds = (*PROCESSES, *((*CALLS, FETCH) if script.serve else ()))
            performed = {kind: self._performer(kind, settings) for kind in kinds}
            answers = {task: _answers(script.answers[task]) for task in script.answers}
            world = _World(read.envelope, read.below, {**performed, **answers}, _singly(script.events), self._evaluator)
            ran = world.run(read.definition, input, interrupt=self._interrupt)
            return replace(_told(ran, read.findings), lifecycle=_lifecycle(ran, read.definition) if script.lifecycle else ())

    def _performer(self, kind: str, settings: Settings) -> Callable[[Effect], Json]:
        async def perform(arguments: Json) -> Json:
            async with assembled(settings, self._evaluator) as activities:
                chosen = next(one for one in activities if type_of(one) == kind)
                return await ActivityEnvironment().run(chosen, arguments)

        def performed(effect: Effect) -> Json:
            # The world makes the document's retries itself.
            arguments = {name: value for name, value in effect.arguments.items() if name != "retry"}
            try:
                answer = asyncio.run(perform(arguments))
                return answer["value"] if "cache" in arguments else answer
            except ApplicationError as error:
                raise Fault(Problem.from_json(error.details[0])) from None

        return performed


class _World(fakes.World):
    """A world in which names of workflows mean what they mean in an envelope."""

    def __init__(self, envelope: Envelope, below: Sequence[Definition], answers, events, evaluator: Evaluator) -> None:
        children = {definition.digest: definition for definition in below}
        super().__init__(answers, events, children, resources=envelope.resources, evaluator=evaluator)
        self._envelope = envelope

    def _resolve(self, namespace: str, name: str, version: str) -> str | None:
        return self._envelope.resolve(namespace, name, version)


def environment(secrets: Mapping[str, Json]) -> dict[str, str]:
    """A worker's environment that has these secrets."""
    return {variable(name): value if isinstance(value, str) else encode(value) for name, value in secrets.items()}


def type_of(one: Callable[..., Any]) -> str | None:
    """The activity type that a function was defined as."""
    return activity._Definition.must_from_callable(one).name


def _answers(raw: Sequence[Json]) -> list[fakes.Answer | fakes.After]:
    return [*map(_answer, raw), *[_answer(raw[-1])] * REPEATS]


def _answer(raw: Json) -> fakes.Answer | fakes.After:
    answer = Fault(Problem.from_json(raw["fault"])) if "fault" in raw else raw["value"]
    return fakes.After(raw["after"], answer) if "after" in raw else answer


def _singly(events: Iterable[tuple[int, Json]]) -> list[tuple[int, Json]]:
    """The events of a message one by one, as the run gets them."""
    return [(at, one) for at, message in events for one in (message if isinstance(message, list) else [message])]


def _lifecycle(ran: fakes.Ran, definition: Definition) -> tuple[Json, ...]:
    chronicle = Chronicle(definition.document.document, "run-1", "seed-1-1")
    return tuple(event for number, notice in enumerate(ran.notices, 1) for event in chronicle.of(notice, number))


def _told(ran: fakes.Ran, findings: tuple[Told, ...]) -> Ran:
    names = {notice.reference: notice.name for notice in ran.notices}
    tasks = [notice for notice in ran.notices if notice.reference]
    return Ran(
        outcome="completed" if ran.completed else "faulted",
        output=ran.output,
        error=ran.problem,
        findings=findings,
        started=tuple(notice.name for notice in tasks if notice.kind == "started"),
        completed={notice.name: notice.data["output"] for notice in tasks if notice.kind == "completed"},
        faulted={notice.name: notice.data["error"] for notice in tasks if notice.kind == "faulted"},
        cancelled=tuple(names[reference] for reference in ran.cancelled),
        retried=tuple(notice.name for notice in tasks if notice.kind == "retried"),
        waited=tuple(notice.name for notice in tasks if notice.kind == "waiting"),
        effects=tuple(Done(task=names[one.reference], kind=one.kind, arguments=one.arguments) for one in ran.started),
        lasted=ran.end,
        steps=ran.steps,
    )
