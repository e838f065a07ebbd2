"""Tokens that nobody could be asked for."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import OidcProperties
from interpreter.document.rules.source import Source


def incomplete_oauth(source: Source) -> Iterator[Problem]:
    """Properties that stand in the document say whom to ask, and for which grant; T47b."""
    for pointer, properties in source.of(OidcProperties):
        for name in ("authority", "grant"):
            if getattr(properties, name) is None:
                scheme = pointer.rpartition("/")[2]
                yield Problem(code="missing", pointer=pointer, message=f"'{scheme}' needs '{name}'", at="key", expected=name)
