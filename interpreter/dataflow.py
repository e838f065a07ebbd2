"""Evaluating what a document says, and checking what came out.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#data-flow
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interpreter.defaults import CHILD_COST
from interpreter.faults import PREFIX, Fault, fault
from interpreter.languages import Language
from interpreter.scope import Run
from interpreter.templates import DEFERRED, Plan, plan, plans_of
from interpreter.values import Json, join

Extra = Mapping[str, Json] | None


class Both(Mapping[str, Json]):
    """Arguments with more of them laid over; computes nothing that is not asked for."""

    __slots__ = ("_over", "_under")

    def __init__(self, over: Mapping[str, Json], under: Mapping[str, Json]) -> None:
        self._over = over
        self._under = under

    def __getitem__(self, name: str) -> Json:
        return self._over[name] if name in self._over else self._under[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._over, *self._under)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands and what it sees; `member` names the part of the task that is evaluated there."""

    run: Run
    address: str
    arguments: Mapping[str, Json]
    pointer: str = ""

    @property
    def language(self) -> Language:
        """The language of the expressions that are written here; a `configuration` fault for one that nobody evaluates."""
        return self.run.definition.language_at(self.pointer)

    def value(self, text: str, dot: Json, member: str, extra: Extra = None) -> Json:
        """The value of a field that is an expression, marked with `${ }` or not."""
        try:
            expression = self.language.source(text)
        except ValueError as error:
            raise fault("expression", str(error)) from None
        return self._evaluate((expression,), dot, member, extra)[0]

    def holds(self, text: str, dot: Json, member: str, extra: Extra = None) -> bool:
        """Whether a condition holds: in jq only `false` and `null` do not, in JavaScript neither do 0 and the empty text."""
        return self.language.holds(self.value(text, dot, member, extra))

    def transform(self, template: str | dict[str, Any] | None, dot: Json, member: str, extra: Extra = None) -> Json:
        """What `input.from`, `output.as` or `export.as` gives: an expression, an object with `${ }` leaves, or nothing (the value itself)."""
        if template is None:
            return dot
        if isinstance(template, str):
            return self.value(template, dot, member, extra)
        return self.fill(template, dot, member, extra)

    def fill(self, template: Json, dot: Json, member: str, extra: Extra = None, without: frozenset[str] = frozenset()) -> Json:
        """Free data with every `${ }` leaf replaced by its value; top members in `without` are left out."""
        if self._loose:
            return self._fill_loosely(_kept(template, without), dot, member, extra)
        taken = self._plan(template, deferrable=False, without=without)
        return self._built(taken, dot, member, extra)

    def fill_deferring(self, template: Json, dot: Json, member: str, without: frozenset[str] = frozenset()) -> tuple[Json, dict[str, Json]]:
        """The same for the arguments of an effect, where `$secrets` and `$authorization` may be named; top members in `without` are left out.

        A text that names one of them stays as it is; the second part maps its pointer to what its evaluation needs: `{dot, variables}`.
        """
        deferred: dict[str, Json] = {}
        if self._loose:
            return self._fill_loosely(_kept(template, without), dot, member, None, deferred), deferred
        taken = self._plan(template, deferrable=True, without=without)
        for left in taken.deferred:
            deferred[left.pointer] = self.needs(left.sources, dot)
        return self._built(taken, dot, member, None), deferred

    def _plan(self, template: Json, *, deferrable: bool, without: frozenset[str] = frozenset()) -> Plan:
        plans = plans_of(self.run.definition.digest)
        known = plans.get((id(template), deferrable))
        if known is None or known[0] is not template:
            known = plans[(id(template), deferrable)] = (template, plan(_kept(template, without), self.language, deferrable=deferrable))
        return known[1]

    def _built(self, taken: Plan, dot: Json, member: str, extra: Extra) -> Json:
        if not taken.sources:
            return taken.build(iter(()))
        return taken.build(iter(self._evaluate(taken.sources, dot, member, extra)))

    @property
    def _loose(self) -> bool:
        evaluate = self.run.definition.document.evaluate
        return evaluate is not None and evaluate.mode == "loose"

    def _fill_loosely(
        self, template: Json, dot: Json, member: str, extra: Extra, deferred: dict[str, Json] | None = None, at: str = ""
    ) -> Json:
        """Loose mode: every string is tried as an expression, and is itself when it fails as one."""
        if isinstance(template, dict):
            return {name: self._fill_loosely(item, dot, member, extra, deferred, join(at, name)) for name, item in template.items()}
        if isinstance(template, list):
            return [self._fill_loosely(item, dot, member, extra, deferred, join(at, index)) for index, item in enumerate(template)]
        if not isinstance(template, str):
            return template
        if "${" not in template:
            return self._tried(template, dot, member, extra, deferred, at)
        taken = plan(template, self.language, deferrable=deferred is not None)
        if deferred is not None and taken.deferred:
            deferred[at] = self.needs(taken.deferred[0].sources, dot)
            return template
        return self._built(taken, dot, member + at, extra)

    def _tried(self, text: str, dot: Json, member: str, extra: Extra, deferred: dict[str, Json] | None, at: str) -> Json:
        expression, language = text.strip(), self.language
        if not expression or not language.balanced(expression):
            return text
        if deferred is not None and DEFERRED & language.names(expression):
            deferred[at] = self.needs((expression,), dot)
            return language.marked(expression)
        try:
            return self._evaluate((expression,), dot, member + at, extra)[0]
        except Fault as error:
            if error.problem.type != f"{PREFIX}expression":
                raise
            return text

    def needs(self, sources: Iterable[str], dot: Json) -> Json:
        """What the evaluation of expressions that are left to the activity needs: `{dot, variables}`."""
        named = {name for text in sources for name in self.language.names(text)} - DEFERRED
        return {"dot": dot, "variables": {name: self.arguments[name] for name in sorted(named) if name in self.arguments}}

    def _evaluate(self, sources: tuple[str, ...], dot: Json, member: str, extra: Extra) -> list[Json]:
        run = self.run
        arguments = self.arguments if extra is None else Both(extra, self.arguments)
        language, seed = self.language.name, run.state["run"]["seed"]
        result = run.host.evaluator.evaluate(sources, dot, arguments, run.now, f"{self.address}:{member}", language=language, seed=seed)
        run.spent += result.cost
        return result.values


def _kept(template: Json, without: frozenset[str]) -> Json:
    return {name: item for name, item in template.items() if name not in without} if without else template


def check(place: Place, schema: Json, value: Json, what: str, member: str) -> None:
    """A `validation` fault unless a value is as its JSON Schema says."""
    place.run.spent += CHILD_COST
    wrong = place.run.host.evaluator.check(schema, value, f"{place.address}:{member}")
    if wrong is not None:
        raise fault("validation", f"{what} is not as its schema says: {wrong}")
