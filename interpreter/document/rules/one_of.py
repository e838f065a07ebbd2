"""Members of which one must stand, and no other."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.rules.source import Source
from interpreter.document.shapes import members
from interpreter.document.wording import quoted
from interpreter.values import join, lookup


def one_of(source: Source) -> Iterator[Problem]:
    """Classes say by `ONE_OF` and `AT_LEAST_ONE_OF` which of their members exclude or need each other; T44, T47b."""
    for pointer, node in source.nodes:
        for group in getattr(node, "ONE_OF", ()):
            there = [key for key in lookup(source.raw, pointer) if key in group]
            if len(there) > 1:
                message = f"exactly one of {quoted(group)} may stand here, found {quoted(there)}"
                yield Problem(code="one-of", pointer=join(pointer, there[-1]), message=message, at="key")
            elif not there:
                yield _none(pointer, group, "exactly one")
        for group in getattr(node, "AT_LEAST_ONE_OF", ()):
            if all(getattr(node, members(type(node))[name].field) is None for name in group):
                yield _none(pointer, group, "at least one")


def _none(pointer: str, group: tuple[str, ...], how_many: str) -> Problem:
    name = pointer.rpartition("/")[2]
    wanted = f"{how_many} of {quoted(group)}"
    return Problem(code="one-of", pointer=pointer, message=f"'{name}' needs {wanted}", at="key", expected=wanted)
