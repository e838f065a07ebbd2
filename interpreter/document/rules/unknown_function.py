"""Functions that are called by name, and what they call."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.catalogs import BUILT_IN, DEFAULT, Reference, reference
from interpreter.document.findings import Problem
from interpreter.document.model import FunctionCall
from interpreter.document.rules.source import Source
from interpreter.document.spelling import nearest
from interpreter.document.walk import walk
from interpreter.values import join

PROTOCOLS = ("http", "openapi", "grpc", "asyncapi", "mcp", "a2a")


def unknown_function(source: Source) -> Iterator[Problem]:
    """A call is of a protocol, of `use.functions`, of a catalog (`name:version@catalog`), or of a URL; checklist 97."""
    functions = source.use.functions or {}
    catalogs = [*(source.use.catalogs or {}), *source.catalogs]
    for pointer, call in source.of(FunctionCall):
        name, place = call.call, join(pointer, "call")
        if name in functions or "://" in name:
            continue
        found = reference(name)
        if found is not None:
            if found.catalog not in catalogs:
                yield from _in_default(found, place) if found.catalog == DEFAULT else _no_catalog(found, catalogs, place)
            continue
        protocol, near = nearest(name, PROTOCOLS), nearest(name, functions)
        hint = f"; did you mean the protocol '{protocol}'?" if protocol else f"; did you mean '{near}'?" if near else ""
        message = f"use.functions has no '{name}'{hint}"
        yield Problem(code="unknown-function", pointer=place, message=message, nearest=protocol or near)


def _in_default(found: Reference, place: str) -> Iterator[Problem]:
    name = f"{found.name}:{found.version}"
    if name not in BUILT_IN:
        near = nearest(name, BUILT_IN)
        hint = f"; did you mean '{near}'?" if near else f"; it has {', '.join(BUILT_IN)}"
        yield Problem(code="unknown-function", pointer=place, message=f"the catalog 'default' has no '{name}'{hint}", nearest=near)


def _no_catalog(found: Reference, catalogs: list[str], place: str) -> Iterator[Problem]:
    near = nearest(found.catalog, [*catalogs, DEFAULT])
    hint = f"; did you mean '{near}'?" if near else ", and the command line gives none of that name (--catalog NAME=FOLDER)"
    yield Problem(code="unknown-catalog", pointer=place, message=f"use.catalogs has no '{found.catalog}'{hint}", nearest=near)


def circular_functions(source: Source) -> Iterator[Problem]:
    """A function cannot call itself, by others or at once: it would never end. Recursive workflows and backward `then` are legal."""
    functions = source.use.functions or {}
    calls = {
        name: list(dict.fromkeys(node.call for _, node in walk(task) if isinstance(node, FunctionCall) and node.call in functions))
        for name, task in functions.items()
    }
    told: set[frozenset[str]] = set()
    for name in functions:
        circle = _circle(name, calls)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            way = " → ".join([*circle, name])
            yield Problem(
                code="circular-functions",
                pointer=join("/use/functions", name),
                message=f"functions call each other in a circle: {way}",
                at="key",
            )


def _circle(start: str, calls: dict[str, list[str]]) -> list[str] | None:
    """The shortest way from a function back to itself."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for called in calls[way[-1]]:
            if called == start:
                return way
            if called not in seen:
                seen.add(called)
                ways.append([*way, called])
    return None
