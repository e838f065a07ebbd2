"""Filters of errors that let everything through, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import CatchErrors
from interpreter.document.rules.source import Source
from interpreter.faults import PREFIX, STATUS
from interpreter.values import join


def catch_filter(source: Source) -> Iterator[Problem]:
    """`errors` without `with` would catch every error, and a bare name of a standard type none: its author cannot have meant that; T47b."""
    for pointer, errors in source.of(CatchErrors):
        if errors.with_ is None:
            message = "'errors' needs 'with'; to catch every error, leave 'errors' out"
            yield Problem(code="missing", pointer=pointer, message=message, at="key", expected="with")
        elif errors.with_.type in STATUS:
            message = f"no error is of the type '{errors.with_.type}'; the error of the language is {PREFIX}{errors.with_.type}"
            yield Problem(code="bad-uri", pointer=join(pointer, "with", "type"), message=message, severity="warning")
