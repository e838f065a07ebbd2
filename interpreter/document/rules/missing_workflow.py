"""Workflows that are run by others."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import Subflow
from interpreter.document.rules.source import Source


def missing_workflow(source: Source) -> Iterator[Problem]:
    """A workflow that is run must travel with the one that runs it; checklist 13."""
    header = source.document.document
    known = {*source.known, (header.namespace, header.name, header.version)}
    names = {identity[:2] for identity in known}
    for pointer, called in source.of(Subflow):
        latest = called.version == "latest" and (called.namespace, called.name) in names
        if not latest and (called.namespace, called.name, called.version) not in known:
            message = f"there is no workflow {called.namespace}/{called.name}:{called.version} at hand; give its file with --with"
            yield Problem(code="missing-workflow", pointer=pointer, message=message, at="key", severity="warning")
