"""Free data with `${ }` leaves: taken apart once, filled often.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#runtime-expressions
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from interpreter.faults import fault
from interpreter.languages import Expression, Language
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


def plan(template: Json, language: Language, *, deferrable: bool) -> Plan:
    """Take a template apart; with `deferrable`, texts that name `$secrets` or `$authorization` are left as they are."""
    sources: list[str] = []
    deferred: list[Deferred] = []
    build = _planned(template, "", _Parts(language, sources, deferred if deferrable else None))
    return Plan(tuple(sources), build or _constant(template), tuple(deferred))


@lru_cache(maxsize=256)
def plans_of(digest: str) -> dict[tuple[int, bool], tuple[Json, Plan]]:  # noqa: ARG001 - the digest is the cache's key
    """The plans made for one document's templates, by identity; the template is kept beside its plan, so no identity is used twice."""
    return {}


def _constant(value: Json) -> Build:
    return lambda _: value


class _Parts(NamedTuple):
    """What is found on the way through a template; `deferred` is None where nothing may be."""

    language: Language
    sources: list[str]
    deferred: list[Deferred] | None


def _planned(template: Json, pointer: str, parts: _Parts) -> Build | None:
    """How to build a template's value, or None where it holds no expression and is its own value."""
    if isinstance(template, str):
        return _planned_text(template, pointer, parts)
    if isinstance(template, dict):
        members = [(name, item, _planned(item, join(pointer, name), parts)) for name, item in template.items()]
        if all(build is None for _, _, build in members):
            return None
        return lambda values: {name: item if build is None else build(values) for name, item, build in members}
    if isinstance(template, list):
        items = [(item, _planned(item, join(pointer, index), parts)) for index, item in enumerate(template)]
        if all(build is None for _, build in items):
            return None
        return lambda values: [item if build is None else build(values) for item, build in items]
    return None


def _planned_text(text: str, pointer: str, parts: _Parts) -> Build | None:
    if "${" not in text:
        return None
    language = parts.language
    try:
        pieces = language.split(text)
    except ValueError as error:
        raise fault("expression", str(error)) from None
    found = [piece.source for piece in pieces if isinstance(piece, Expression)]
    if not found:
        return None
    if parts.deferred is not None and any(DEFERRED & language.names(source) for source in found):
        parts.deferred.append(Deferred(pointer, tuple(found)))
        return None
    parts.sources.extend(found)
    if language.whole(text) is not None:
        return next
    return lambda values: "".join(piece if isinstance(piece, str) else spliced(next(values)) for piece in pieces)


def spliced(value: Json) -> str:
    """A value inside a longer text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else encode(value)
