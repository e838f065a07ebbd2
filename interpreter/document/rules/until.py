"""Strategies that end others."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import AnyEvent
from interpreter.document.rules.source import Source
from interpreter.values import join


def until_in_until(source: Source) -> Iterator[Problem]:
    """A strategy that ends another has no `until` of its own; checklist 111."""
    for pointer, strategy in source.of(AnyEvent):
        if isinstance(strategy.until, AnyEvent) and strategy.until.until is not None:
            message = "a strategy that ends another has no 'until'"
            yield Problem(code="misplaced", pointer=join(pointer, "until", "until"), message=message, at="key")
