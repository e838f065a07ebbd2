"""Free data with `${ }` leaves: taken apart once, filled often.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#runtime-expressions
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from interpreter.expressions import Expression, names, split, whole
from interpreter.faults import fault
from interpreter.values import Json, encode, join

DEFERRED = frozenset({"secrets", "authorization"})
"""Variables whose values are known only outside; an expression that names one is left for the activity."""

Build = Callable[[Iterator[Json]], Json]


@dataclass(frozen=True, slots=True)
class Deferred:
    """A text left as it is: where it stands in the template, and its expressions."""

    pointer: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A template taken apart: evaluate `sources`, then `build` the value from the results in that order."""

    sources: tuple[str, ...]
    build: Build
    deferred: tuple[Deferred, ...] = ()


def plan(template: Json, *, deferrable: bool) -> Plan:
    """Take a template apart; with `deferrable`, texts that name `$secrets` or `$authorization` are left as they are."""
    sources: list[str] = []
    deferred: list[Deferred] = []
    build = _plan(template, "", sources, deferred if deferrable else None)
    return Plan(tuple(sources), build or _constant(template), tuple(deferred))


@lru_cache(maxsize=256)
def plans_of(digest: str) -> dict[tuple[int, bool], tuple[Json, Plan]]:  # noqa: ARG001 - the digest is the cache's key
    """The plans made for one document's templates, by identity; the template is kept beside its plan, so no identity is used twice."""
    return {}


def _constant(value: Json) -> Build:
    return lambda _: value


def _plan(template: Json, pointer: str, sources: list[str], deferred: list[Deferred] | None) -> Build | None:
    """How to build a template's value, or None where it holds no expression and is its own value."""
    if isinstance(template, str):
        return _plan_text(template, pointer, sources, deferred)
    if isinstance(template, dict):
        members = [(name, item, _plan(item, join(pointer, name), sources, deferred)) for name, item in template.items()]
        if all(build is None for _, _, build in members):
            return None
        return lambda values: {name: item if build is None else build(values) for name, item, build in members}
    if isinstance(template, list):
        items = [(item, _plan(item, join(pointer, index), sources, deferred)) for index, item in enumerate(template)]
        if all(build is None for _, build in items):
            return None
        return lambda values: [item if build is None else build(values) for item, build in items]
    return None


def _plan_text(text: str, pointer: str, sources: list[str], deferred: list[Deferred] | None) -> Build | None:
    if "${" not in text:
        return None
    try:
        parts = split(text)
    except ValueError as error:
        raise fault("expression", str(error)) from None
    found = [part.source for part in parts if isinstance(part, Expression)]
    if not found:
        return None
    if deferred is not None and any(DEFERRED & names(source) for source in found):
        deferred.append(Deferred(pointer, tuple(found)))
        return None
    sources.extend(found)
    if whole(text) is not None:
        return next
    return lambda values: "".join(part if isinstance(part, str) else spliced(next(values)) for part in parts)


def spliced(value: Json) -> str:
    """A value inside a longer text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else encode(value)


def marked(source: str) -> str:
    """An expression as text that marks it; a comment at its end must not go on over the closing brace."""
    return f"${{{source}\n}}" if "#" in source else f"${{{source}}}"
