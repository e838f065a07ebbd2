"""Names that stand for parts in `use`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from interpreter.document.cures import duration_cure
from interpreter.document.findings import Problem
from interpreter.document.model import AuthenticationUse, Catch, Document, Raise, SecretUse, TaskCommon
from interpreter.document.rules.source import Source
from interpreter.document.spelling import nearest
from interpreter.values import join


def unknown_reference(source: Source) -> Iterator[Problem]:
    """A name that refers to `use` is found there; checklist 23."""
    use = source.use
    for pointer, node in source.nodes:
        match node:
            case AuthenticationUse(use=name):
                yield from _known("authentication", name, use.authentications or {}, join(pointer, "use"))
            case SecretUse(use=name):
                yield from _known("secret", name, use.secrets or (), join(pointer, "use"))
            case Catch(retry=str() as name):
                yield from _known("retry", name, use.retries or {}, join(pointer, "retry"))
            case Raise() if isinstance(node.raise_.error, str):
                yield from _known("error", node.raise_.error, use.errors or {}, join(pointer, "raise", "error"))
        if isinstance(node, TaskCommon | Document) and isinstance(node.timeout, str):
            yield from _known("timeout", node.timeout, use.timeouts or {}, join(pointer, "timeout"))


_PARTS = {"authentication": "authentications", "secret": "secrets", "retry": "retries", "error": "errors", "timeout": "timeouts"}


def _known(kind: str, name: str, there: Collection[str], pointer: str) -> Iterator[Problem]:
    if name in there:
        return
    near = nearest(name, there)
    cure = duration_cure(name) if kind == "timeout" else None
    hint = f"; did you mean '{near}'?" if near else f"; a duration stands in 'after': {cure}" if cure else ""
    yield Problem(code=f"unknown-{kind}", pointer=pointer, message=f"use.{_PARTS[kind]} has no '{name}'{hint}", nearest=near)
