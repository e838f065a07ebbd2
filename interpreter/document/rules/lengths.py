"""Durations that cannot be waited for."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import DurationParts, Lifetime
from interpreter.document.model.scalars import Duration
from interpreter.document.rules.source import Source
from interpreter.document.shapes import members, shape_of
from interpreter.durations import milliseconds
from interpreter.values import join


def bad_duration(source: Source) -> Iterator[Problem]:
    """A duration is neither negative nor absurdly long; T25."""
    duration = shape_of(Duration)
    for pointer, node in source.nodes:
        for member in members(type(node)).values():
            value = getattr(node, member.field)
            if value is not None and member.shape == duration and not _computed(value):
                try:
                    milliseconds(value)
                except ValueError as error:
                    yield Problem(code="bad-duration", pointer=join(pointer, member.name), message=f"'{member.name}': {error}")


def lifetime(source: Source) -> Iterator[Problem]:
    """A container that is removed eventually says when, any other does not; checklist 130."""
    for pointer, node in source.of(Lifetime):
        if node.cleanup == "eventually" and node.after is None:
            message = "'lifetime' needs 'after', as 'cleanup' is 'eventually'"
            yield Problem(code="missing", pointer=pointer, message=message, at="key", expected="after")
        elif node.cleanup != "eventually" and node.after is not None:
            message = f"'after' goes only with 'cleanup: eventually', found '{node.cleanup}'"
            yield Problem(code="misplaced", pointer=join(pointer, "after"), message=message, at="key")


def _computed(value: DurationParts | str) -> bool:
    return isinstance(value, str) and "${" in value
