"""Documents drawn from the model itself, so that whatever the language can say is said sooner or later; most of them are valid."""

from __future__ import annotations

from random import Random
from typing import Any

from interpreter.document.blocks import Expr, Marked, NotEmpty, OneOf, Says, Text, Whole, Word
from interpreter.document.model import (
    AuthenticationUse,
    CatchErrors,
    Document,
    ExternalSchema,
    InlineSchema,
    RetryPolicy,
    SecretUse,
    Subflow,
    TaskCommon,
)
from interpreter.document.model import Error as ErrorToRaise
from interpreter.document.shapes import Member, Shape, members
from interpreter.values import Json
from tests.interpreter.documents import HEADER

DEEPEST = 5
"""Tasks in each other; below, only plain ones are drawn."""

EXPRESSIONS = (
    *(
        ".",
        ".n",
        ".n",
        ".a.b",
        ".x",
        ".type + .n",
        ".[0]",
        ".[]",
        "..",
        "length",
        "keys",
        "now",
        "empty",
        "error",
        "null",
        "true",
        "false",
        "1",
        "1.5",
        '"text"',
    ),
    *("$context", "$context.n", "$input", "$output.n", "$task.name", "$task.startedAt.epoch", "$workflow.input", "$runtime.version"),
    *("$x", "$item", "$index", "$error.status", "$nobody", "$secrets.key", "$authorization.parameter", "$__loc__", "$ENV"),
    *("{ a: . }", "{ n: ((.n? // 0) + 1) }", "[., .]", "[range(3)]", '"PT1S"', "{seconds: 1}", '"https://example.com/x"', '"get"'),
    *('"a" + 1', ". + 1", ".n > 1", ".n == $context.n", '"\\(.n) }"', "to_entries", "explode", '"a" | error', "[.] | first"),
)
_DATA: tuple[Json, ...] = (None, True, 0, 1.5, "text", "", [], {}, [1, "two"], {"n": 1}, {"a": {"b": [None]}})
_TEXTS = {
    "bad-name": ("some-name",),
    "bad-version": ("1.0.0",),
    "bad-uri": ("https://example.com/things", "https://example.com/{n}/{?q}", '${ "https://example.com" }', "${ . }"),
    "bad-duration": ("PT0S", "PT1.5S", "P1D", "${ .n }", '${ "PT1S" }', "${ {seconds: 1} }"),
    "bad-expression": ("${ . }", "${ .n }"),
}
_FORMS = {"time": ("${ . }", "2026-01-31T12:00:00Z"), "instance": ("${ . }", "/do/0")}
_LEFT_OUT = ("format", "evaluate", "use", "schedule")
"""Members of which any other value cannot run yet, or is not drawn here."""
_WORDS = {"timeout": ("short",), "retry": ("twice",), "error": ("bad",), "method": ("get", "${ .n }")}


class Author:
    """Draws documents, all from one source of chance."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names = 0

    def document(self) -> Json:
        """A document with a good header, and parts that its tasks can refer to."""
        drawn = self._node(Document, 0)
        use = {
            "timeouts": {"short": {"after": "PT3S"}},
            "retries": {"twice": self._node(RetryPolicy, DEEPEST) | {"limit": {"attempt": {"count": 2}}}},
            "errors": {"bad": self._node(ErrorToRaise, DEEPEST)},
            "authentications": {"who": {"basic": {"use": "key"}}},
            "secrets": ["key"],
            "functions": {"function": {"set": {"n": "${ .n? }"}}},
        }
        header = HEADER | ({"metadata": {"swtemporal": {"secretsInData": True}}} if self._chance(0.3) else {})
        evaluate = {"evaluate": {"mode": self._random.choice(("strict", "loose"))}} if self._chance(0.3) else {}
        return drawn | {"document": header, "use": use} | evaluate

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _value(self, shape: Shape, name: str, depth: int) -> Json:
        inner = shape.inner()[0] if shape.parts else shape
        drawn: Json = None
        match shape.kind:
            case "node":
                drawn = self._node(shape.type, depth, empty=not shape.marker(NotEmpty))
            case "choice":
                drawn = self._value(self._chosen(shape, depth), name, depth)
            case "entry":
                self._names += 1
                drawn = {f"{name}{self._names}": self._value(inner, name, depth + 1)}
            case "list":
                drawn = self._list(shape, name, depth)
            case "map":
                drawn = {key: self._value(inner, key, depth) for key in self._random.sample(("a", "n", "x"), self._random.randint(1, 2))}
            case "text":
                drawn = self._text(shape, name)
            case "integer":
                drawn = self._random.randint(*_range(shape))
            case "boolean":
                drawn = self._chance(0.5)
            case "any":
                drawn = self._data(0)
        return drawn

    def _node(self, kind: type[Any], depth: int, *, empty: bool = True) -> Json:
        if kind in _FIXED:
            return self._random.choice(_FIXED[kind])
        chosen = self._members(kind, depth)
        if not chosen and not empty:
            chosen = dict([self._random.choice(list(members(kind).items()))])
        drawn = {name: self._value(member.shape, name, depth) for name, member in chosen.items()}
        head, _, below = str(getattr(kind, "KEY", "")).partition(".")
        return drawn | ({head: below} if below and isinstance(drawn[head], str) else {})

    def _members(self, kind: type[Any], depth: int) -> dict[str, Member]:
        """The members to be written: what is needed, and some of the rest."""
        there = members(kind)
        excluding = getattr(kind, "ONE_OF", ())
        chosen = {self._random.choice(group) for group in excluding}
        barred = {name for group in excluding for name in group} - chosen
        likely = 0.12 if issubclass(kind, TaskCommon) else 0.35 if depth < DEEPEST else 0.2
        return {
            name: member
            for name, member in there.items()
            if name not in {*barred, *_LEFT_OUT} and (member.required or name in chosen or self._chance(likely))
        }

    def _chosen(self, shape: Shape, depth: int) -> Shape:
        parts = shape.inner()
        if depth >= DEEPEST:
            parts = [part for part in parts if not any(_holds_tasks(member.shape) for member in _required(part))] or parts
        return self._random.choice(parts)

    def _list(self, shape: Shape, name: str, depth: int) -> Json:
        items = [
            self._value(shape.inner()[0], name, depth)
            for _ in range(self._random.randint(0 if self._chance(0.1) and not shape.marker(NotEmpty) else 1, 3))
        ]
        if shape.inner()[0].kind == "entry":
            targets = [*("continue", "exit", "end"), *(next(iter(item)) for item in items)]
            for item in items:
                self._lead(next(iter(item.values())), targets)
        return items

    def _lead(self, task: Json, targets: list[str]) -> None:
        """Have what a task says about the way after it lead to a task of its list."""
        switch = task.get("switch", [])
        leading = [task, task.get("catch", {}), *(next(iter(case.values())) for case in switch)]
        for place in leading:
            if "then" in place:
                place["then"] = self._random.choice(targets)

    def _text(self, shape: Shape, name: str) -> str:
        if shape.marker(Expr):
            expression = self._random.choice(EXPRESSIONS)
            return f"${{ {expression} }}" if self._chance(0.3) else expression
        text, word = shape.marker(Text), shape.marker(Word)
        forms: tuple[str, ...] = word.choices if word else ()
        if text:
            forms = _FORMS.get(name) or _TEXTS.get(text.code, ())
        forms = forms or _WORDS.get(name, ())
        if forms:
            return self._random.choice(forms)
        return self._free_text() if shape.marker(Marked) else "continue" if shape.marker(Says) else "x"

    def _free_text(self) -> str:
        expression = f"${{ {self._random.choice(EXPRESSIONS)} }}"
        return self._random.choice((expression, expression, f"a {expression} and {expression}", "text", "t"))

    def _data(self, depth: int) -> Json:
        if depth < 2 and self._chance(0.4):
            return {key: self._data(depth + 1) for key in self._random.sample(("a", "n", "type", "seconds"), 2)}
        return self._free_text() if self._chance(0.6) else self._random.choice(_DATA)


_FIXED: dict[type[Any], tuple[Json, ...]] = {
    SecretUse: ({"use": "key"},),
    AuthenticationUse: ({"use": "who"},),
    Subflow: (
        {"namespace": "test", "name": "child"},
        {"namespace": "test", "name": "child", "version": "1.0.0", "input": {"n": "${ .n }"}},
    ),
    InlineSchema: ({"document": {"type": "object"}}, {"document": True}, {"document": {"required": ["n"]}}),
    ExternalSchema: ({"resource": {"endpoint": "https://example.com/schema"}},),
    CatchErrors: tuple({"with": filter} for filter in ({"status": 503}, {"type": "https://example.com/e"}, {"title": "${ .n }"})),
}
"""What is better chosen than drawn."""


def _required(shape: Shape) -> list[Member]:
    return [member for member in members(shape.type).values() if member.required] if shape.kind == "node" else []


def _holds_tasks(shape: Shape) -> bool:
    below = shape.inner()
    return shape.kind == "list" and below[0].kind == "entry" and bool(below[0].inner()[0].marker(OneOf))


def _range(shape: Shape) -> tuple[int, int]:
    whole = shape.marker(Whole)
    return (whole.minimum or 0 if whole else 0), min(3, whole.maximum or 3 if whole else 3)
