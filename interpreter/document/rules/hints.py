"""Hints that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interpreter.defaults import METADATA
from interpreter.document.findings import Problem
from interpreter.document.model import Header, TaskCommon
from interpreter.document.model.hints import DocumentHints, GrpcHints, TaskHints
from interpreter.document.rules.source import Source
from interpreter.document.shapes import members
from interpreter.document.spelling import nearest
from interpreter.document.wording import quoted
from interpreter.values import Json, join


def unknown_hint(source: Source) -> Iterator[Problem]:
    """A hint in `metadata.swtemporal` is one that there is. Metadata are the author's own, so this is a warning."""
    for pointer, node in source.nodes:
        if isinstance(node, TaskCommon | Header) and node.metadata:
            hints = node.metadata.get(METADATA)
            place = join(pointer, "metadata", METADATA)
            yield from _unknown(hints, DocumentHints if isinstance(node, Header) else TaskHints, place)
            if isinstance(hints, dict):
                yield from _unknown(hints.get("grpc"), GrpcHints, join(place, "grpc"))


def _unknown(hints: Json, kind: type[Any], place: str) -> Iterator[Problem]:
    known = members(kind)
    for name in hints if isinstance(hints, dict) else ():
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean '{near}'?" if near else f"there is {quoted(list(known))}"
            message = f"'{name}' is no hint of this product, and nothing is done with it; {hint}"
            yield Problem(code="unknown-hint", pointer=join(place, name), message=message, at="key", severity="warning", nearest=near)
