"""Documents that start by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.rules.source import Source


def schedule(source: Source) -> Iterator[Problem]:
    """A schedule is not acted upon: run by hand, the document runs once, and says so."""
    if source.document.schedule is not None:
        message = "the schedule is not acted upon: started by hand, the workflow runs once"
        yield Problem(code="schedule", pointer="/schedule", message=message, at="key", severity="warning")


def read_without_on(source: Source) -> Iterator[Problem]:
    """`read` says what of the events becomes the input; T20."""
    if source.document.schedule is not None and source.document.schedule.read is not None and source.document.schedule.on is None:
        yield Problem(code="misplaced", pointer="/schedule/read", message="'read' goes only with 'on'", at="key")
