"""Filters of errors that let everything through."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import CatchErrors
from interpreter.document.rules.source import Source


def catch_filter(source: Source) -> Iterator[Problem]:
    """`errors` without `with` would catch every error, which its author cannot have meant; T47b."""
    for pointer, errors in source.of(CatchErrors):
        if errors.with_ is None:
            message = "'errors' needs 'with'; to catch every error, leave 'errors' out"
            yield Problem(code="missing", pointer=pointer, message=message, at="key", expected="with")
