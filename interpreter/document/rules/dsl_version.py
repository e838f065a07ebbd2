"""The version of the language."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.rules.source import Source


def dsl_version(source: Source) -> Iterator[Problem]:
    """Every 1.0.x is read, no other; checklist 5."""
    version = source.document.document.dsl
    if not version.startswith("1.0."):
        message = f"'dsl' {version} is not supported: write 1.0.3, or another 1.0.x"
        yield Problem(code="dsl-version", pointer="/document/dsl", message=message, expected="1.0.x")
