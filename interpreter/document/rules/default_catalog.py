"""What the functions of the default catalog are given."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.catalogs import BUILT_IN, DEFAULT, Arguments
from interpreter.document.findings import Problem
from interpreter.document.inline import EACH, MAP, read_task
from interpreter.document.model import FunctionCall
from interpreter.document.rules.source import Source
from interpreter.document.spelling import nearest
from interpreter.document.wording import found, quoted
from interpreter.values import Json, join


def default_arguments(source: Source) -> Iterator[Problem]:
    """A call gives what the function needs, and nothing that it does not know; what `map` does with each item is a task."""
    if DEFAULT in (source.use.catalogs or {}) or DEFAULT in source.catalogs:
        return
    for pointer, call in source.of(FunctionCall):
        name, _, catalog = call.call.rpartition("@")
        if catalog != DEFAULT or name not in BUILT_IN or call.with_ is None:
            continue
        yield from _members(name, BUILT_IN[name], call.with_, join(pointer, "with"))
        if call.call == MAP and EACH[-1] in call.with_:
            yield from _each(call.with_[EACH[-1]], join(pointer, *EACH))


def _members(name: str, takes: Arguments, given: dict[str, Json], place: str) -> Iterator[Problem]:
    known = takes.required + takes.optional
    meant = {member: nearest(member, [name for name in known if name not in given]) for member in given if member not in known}
    for member in takes.required:
        if member not in given and member not in meant.values():
            message = f"the function '{name}' needs '{member}'"
            yield Problem(code="missing", pointer=place, message=message, at="key", expected=member)
    for member, near in meant.items():
        hint = f"; did you mean '{near}'?" if near else f"; it takes {quoted(list(known))}"
        message = f"the function '{name}' knows no '{member}'{hint}"
        yield Problem(code="unknown-member", pointer=join(place, member), message=message, at="key", nearest=near)


def _each(raw: Json, place: str) -> Iterator[Problem]:
    if isinstance(raw, dict):
        yield from read_task(raw, place)[1]
    elif not isinstance(raw, str) or "${" in raw:
        wanted, there = "a task, or the name of a function", "an expression" if isinstance(raw, str) else found(raw)
        yield Problem(code="wrong-type", pointer=place, message=f"'each' must be {wanted}, found {there}", expected=wanted)
