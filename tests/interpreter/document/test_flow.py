from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from interpreter.defaults import Limits
from interpreter.document.load import define, load
from interpreter.document.rules import Source
from interpreter.document.rules.lost_data import lost_data
from interpreter.expressions import needed
from interpreter.values import lookup
from tests.conformance.case import cases
from tests.conformance.kit import scenarios
from tests.fakes import InProcess, World
from tests.interpreter.document.documents import examples, samples
from tests.interpreter.documents import HEADER


@pytest.mark.parametrize("path", [*samples(), *examples()], ids=lambda path: path.name)
def test_nothing_is_said_to_be_lost_in_good_documents(path):
    assert _lost(path.read_text()) == []


def test_nothing_is_said_to_be_lost_where_the_language_is_tried():
    texts = [text for case in cases() for text in (case.text, *case.children)]
    texts += [step.block for scenario in scenarios() for step in scenario.steps if step.block is not None and "do:" in step.block]

    assert [found for text in texts for found in _lost(text)] == []


def _lost(text):
    return [str(finding) for finding in load(text).findings if finding.code == "lost-data"]


class Endless(Exception):
    """A run that makes passes without end."""


class Seeing(InProcess):
    """Sees which members there were where they were read; every expression of a document stands there once, as it has a number of its own."""

    def __init__(self):
        super().__init__()
        self.there = set()

    def evaluate(self, expressions, dot, variables, now, place, **_):
        self.there |= {text for text in expressions if _has(dot, needed(text))}
        return super().evaluate([text.partition(" | ")[0] for text in expressions], dot, variables, now, place)


def _has(value, path):
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return bool(path)


@pytest.mark.parametrize("batch", range(10))
def test_what_is_said_to_be_lost_is_never_there(batch):
    told = 0
    for seed in range(batch * 40, batch * 40 + 40):
        definition = define({"document": HEADER, "do": _Author(Random(seed)).list(0)})
        lost = {lookup(definition.raw, problem.pointer) for problem in lost_data(Source(definition.document, definition.raw))}
        evaluator = Seeing()

        for at in range(4):
            run(definition, evaluator, dict.fromkeys("abc"[:at], at))

        assert not lost & {f"${{ {text} }}" for text in evaluator.there}
        told += len(lost)

    assert told > 40


def run(definition, evaluator, input):
    def bounded(step):
        if step > 30:
            raise Endless
        return False

    with suppress(Endless):
        World(evaluator=evaluator, limits=Limits(steps=20)).run(definition, input, interrupt=bounded)


class _Author:
    """Writes documents that only move data about: three members, and every way the flow can take."""

    def __init__(self, random):
        self.random = random
        self.read = 0
        self.written = 0

    def list(self, depth):
        entries = [self.entry(depth) for _ in range(self.random.randint(1, 5 if depth < 2 else 2))]
        targets = ["end", "exit", "continue", *(next(iter(entry)) for entry in entries)]
        for entry in entries:
            (task,) = entry.values()
            for place in [task, task.get("catch", {}), *(next(iter(case.values())) for case in task.get("switch", ()))]:
                if "then" in place or self.random.random() < 0.08:
                    place["then"] = self.random.choice(targets)
        return entries

    def entry(self, depth):
        kind = self.random.choice(("set", "set", "set", "wait", "switch", "raise") + (() if depth > 2 else ("do", "try", "for", "fork")))
        task = getattr(self, f"_{kind}")(depth)
        for member, shape in (("input", "from"), ("output", "as"), ("export", "as")):
            if self.random.random() < 0.15:
                task[member] = {shape: self.data()}
        if self.random.random() < 0.2:
            task["if"] = self.path()
        self.written += 1
        return {f"t{self.written}": task}

    def path(self):
        """A path that is read nowhere else in the document, by the blanks behind it."""
        self.read += 1
        return f"${{ .{self.random.choice('abc')}{self.random.choice(('', '', '.a'))} | {self.read} as $nth | . }}"

    def data(self):
        names = self.random.sample("abc", self.random.randint(1, 2))
        return {name: self.random.choice((1, None, "${ . }", self.path(), {"a": self.path()})) for name in names}

    def _set(self, _):
        return {"set": self.data()}

    def _wait(self, _):
        return {"wait": "PT1S"}

    def _switch(self, _):
        cases = [{f"c{at}": {"when": self.path(), "then": "continue"}} for at in range(self.random.randint(1, 2))]
        return {"switch": [*cases, *([{"else": {"then": "continue"}}] if self.random.random() < 0.5 else [])]}

    def _raise(self, _):
        return {"raise": {"error": {"type": "https://example.com/e", "status": 418}}}

    def _do(self, depth):
        return {"do": self.list(depth + 1)}

    def _try(self, depth):
        return {"try": self.list(depth + 1), "catch": {"do": self.list(depth + 1)} if self.random.random() < 0.6 else {}}

    def _for(self, depth):
        return {"for": {"in": "[1, 2]"}, "do": self.list(depth + 1)}

    def _fork(self, depth):
        return {"fork": {"branches": [self.entry(depth + 1) for _ in range(2)], "compete": self.random.random() < 0.5}}
