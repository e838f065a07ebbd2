"""Scenes from documents that were written for other tests: the conformance cases and the samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from interpreter import effects
from interpreter.document.definition import Definition
from interpreter.document.load import load
from interpreter.effects import RUN_WORKFLOW, Effect
from interpreter.faults import Fault, Problem
from interpreter.values import Json
from tests.conformance.case import cases
from tests.fakes import After, Answer
from tests.interpreter.documents import event
from tests.interpreter.interruption import Scene

SAMPLES = Path(__file__).parents[2] / "samples"
REPEATS = 50
"""How often the last answer of a case is given."""

ASKED = {
    value for name, value in vars(effects).items() if name.isupper() and value.startswith(("call.", "asyncapi.", "function.", "run."))
} - {RUN_WORKFLOW}
"""Effects that ask somebody something."""


def from_cases() -> Iterator[Scene]:
    """The conformance cases whose documents load; what they call for real gets an answer here."""
    for case in cases():
        definition = load(case.text).definition
        below = [load(text).definition for text in case.children]
        if definition is None or None in below:
            continue
        script = case.script
        answers = {task: [*map(_answer, given), *[_answer(given[-1])] * REPEATS] for task, given in script.answers.items()}
        events = [(at, one) for at, message in script.events for one in (message if isinstance(message, list) else [message])]
        yield _scene(case.name, definition, answers, events, [child for child in below if child], **case.input)


def from_samples() -> Iterator[Scene]:
    """The samples, with answers that fit none of them in particular, and an event of every type they listen for."""
    loaded = [(path.stem, load(path.read_bytes()).definition) for path in sorted(SAMPLES.glob("*.yaml"))]
    definitions = [definition for _, definition in loaded if definition]
    for name, definition in loaded:
        if definition is not None:
            events = [(1000 * at, event(type, {"n": at}, id=str(at))) for at, type in enumerate([*_types(definition.raw)] * 3, 1)]
            yield _scene(name, definition, {}, events, definitions)


def _scene(
    name: str,
    definition: Definition,
    answers: Mapping[str, Any],
    events: list[tuple[int, Json]],
    below: list[Definition],
    input: Json = ...,
) -> Scene:
    return Scene(
        name=name,
        definition=definition,
        input={} if input is ... else input,
        answers=lambda: {**dict.fromkeys(ASKED, _echo), "resource.fetch": _schema, "secrets.read": {}, **answers},
        events=tuple(events),
        children={_called(child): child for child in below},
    )


def _called(definition: Definition) -> str:
    header = definition.document.document
    return f"{header.namespace}/{header.name}:{header.version}"


def _answer(raw: Json) -> Answer | After:
    answer = Fault(Problem.from_json(raw["fault"])) if "fault" in raw else raw["value"]
    return After(raw["after"], answer) if "after" in raw else answer


def _echo(effect: Effect) -> After:
    if effect.kind == effects.ASYNCAPI_POLL:
        return After(700, polled({"id": effect.id, "urgent": True}))
    return After(700, {"id": 7, "status": "done", "asked": effect.arguments["with"].get("method")})


def polled(*payloads: Json) -> Json:
    """What a poll of a subscription brings: messages with these payloads."""
    messages = [{"message": {"payload": payload, "headers": {}}, "receipt": at} for at, payload in enumerate(payloads)]
    return {"messages": messages, "position": None}


def _schema(effect: Effect) -> After:
    return After(300, {"uri": effect.arguments["with"]["uri"], "digest": "0", "content": "{}"})


def _types(raw: Json) -> Iterator[str]:
    """The types of events a document's filters name."""
    if isinstance(raw, dict):
        wanted = raw.get("with")
        if isinstance(wanted, dict) and isinstance(wanted.get("type"), str):
            yield wanted["type"]
        for item in raw.values():
            yield from _types(item)
    elif isinstance(raw, list):
        for item in raw:
            yield from _types(item)
