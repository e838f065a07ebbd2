"""What must hold for every document: whatever validates runs to an end, a problem with its place, or a wait; whatever does not is told why and where."""

from __future__ import annotations

import json
from hashlib import sha256
from random import Random

import pytest

from interpreter.defaults import Limits
from interpreter.document.definition import Definition
from interpreter.document.load import load, unsupported
from interpreter.document.walk import walk
from interpreter.effects import Effect
from interpreter.faults import Fault
from interpreter.values import Json, encode, lookup
from tests.fakes import After, InProcess, Ran, Stuck, World
from tests.interpreter.collected import ASKED, polled
from tests.interpreter.document.mutants import documents, mutant
from tests.interpreter.documents import custom, event, failing, flow
from tests.interpreter.drawn import Author
from tests.interpreter.interruption import LONGEST

MOST_PASSES = 200
BATCH, ALWAYS, IN_CHAOS = 50, 3, 100
"""Documents in a batch; batches that are always run, and those of `make chaos`."""
CHILD = flow("[w: {wait: PT1S}, s: {set: {twice: '${ .n * 2 }'}}]")
CHILD_PLACES = {pointer for pointer, _ in walk(CHILD.document)}
VALUES: tuple[Json, ...] = (None, True, 7, "text", "", [], [1, {"n": 2}], {}, {"n": 1}, {"a": {"b": "c"}}, {"type": "object"})
FAULTS = (failing("communication", 503), failing("timeout", 408), custom("https://example.com/e", 418, detail="on purpose"))


class Endless(Exception):
    """A run that makes passes without end, which a document may ask for."""


class Anything:
    """Answers of any kind, drawn from the effect's own identity."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, effect: Effect) -> Json | Fault | After:
        random = Random(sha256(f"{self._seed} {effect.id}".encode()).digest())
        if effect.kind == "resource.fetch":
            return {"uri": "-", "digest": "0", "content": random.choice(("true", '{"type": "object"}', "not JSON", "[]"))}
        if effect.kind == "asyncapi.poll":
            return After(effect.arguments["with"]["wait"] // 2, polled(*random.choices(VALUES, k=random.randrange(3))))
        return After(500 * random.randint(0, 4), random.choice(FAULTS if random.random() < 0.2 else VALUES))


class Lenient(InProcess):
    """An evaluator that takes any schema and any pattern: what is wrong with those is the real one's business."""

    def check(self, schema: Json, value: Json, place: str) -> str | None:
        return None if Random(encode([schema, value])).random() < 0.8 else "it is not as it should be"

    def matches(self, pattern: str, text: str, place: str) -> bool:
        return pattern == text


EVALUATOR = Lenient()
"""One for all: it keeps its compiled programs."""


batches = pytest.mark.parametrize(
    "batch", [*range(ALWAYS), *(pytest.param(batch, marks=pytest.mark.chaos) for batch in range(ALWAYS, IN_CHAOS))]
)


@batches
def test_whatever_validates_runs(batch: int):
    ran = [run(definition, seed) for seed in seeds(batch) if (definition := valid(drawn(seed)))]

    assert len(ran) > BATCH // 4


@batches
def test_whatever_validates_of_changed_documents_runs(batch: int):
    originals = {name: raw for name, raw in documents().items() if valid(raw)}

    ran = [run(definition, seed) for seed in seeds(batch) if (definition := valid(mutant(originals, seed, changes=(1, 1, 2, 4))))]

    assert ran


def seeds(batch: int) -> range:
    return range(batch * BATCH, (batch + 1) * BATCH)


def drawn(seed: int) -> Json:
    return Author(Random(seed)).document()


def valid(raw: Json) -> Definition | None:
    """The definition if it can run; if not, what is said about it must have a place."""
    text = json.dumps(raw, indent=1)
    loaded = load(text)
    lines = text.split("\n")
    for finding in loaded.findings:
        lookup(raw, finding.pointer)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert finding.message
    assert (loaded.definition is None) == any(finding.severity == "error" for finding in loaded.findings)
    return None if loaded.definition is None or unsupported(loaded.definition) else loaded.definition


def run(definition: Definition, seed: int) -> str:
    """How a run ends: only in one of the ways a document can ask for."""
    random = Random(seed)
    anything = Anything(seed)
    world = World(
        dict.fromkeys((*ASKED, "resource.fetch"), anything) | {"secrets.read": {"key": "hidden"}},
        [(500 * at, event(random.choice("tux"), random.choice(VALUES), id=str(at))) for at in range(random.randint(0, 6))],
        {"test/child:1.0.0": CHILD},
        limits=Limits(steps=300),
        evaluator=EVALUATOR,
    )
    try:
        ran = world.run(definition, random.choice(VALUES), interrupt=_bounded, until=LONGEST)
    except Stuck:
        assert '"listen"' in definition.text
        return "waits"
    except Endless:
        return "goes on"
    if ran.problem is not None:
        has_place(ran, definition)
        return "faulted"
    return "completed"


def has_place(ran: Ran, definition: Definition) -> None:
    """A problem says what it is and where; an instance that the document names itself may be anywhere."""
    assert "://" in ran.problem["type"] or '"raise"' in definition.text
    assert isinstance(ran.problem["status"], int)
    if '"instance"' not in definition.text:
        in_child = ran.problem["instance"] in CHILD_PLACES and '"child"' in definition.text
        assert in_child or lookup(definition.raw, ran.problem["instance"])


def _bounded(step: int) -> bool:
    if step > MOST_PASSES:
        raise Endless
    return False
