"""Documents read and checked together: what one of them runs may be another of them."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from cli.exits import fail
from interpreter.document.load import Loaded, load
from interpreter.document.reader import read
from interpreter.document.rules import Identity
from interpreter.document.syntax import Unreadable
from interpreter.evaluation.child_evaluator import shared
from interpreter.evaluator import Held


def checked(documents: Sequence[tuple[str, bytes]], catalogs: Collection[str] = ()) -> list[Loaded]:
    """Each document (name, text) with everything that is wrong with it, its expressions compiled; `catalogs` are given beside it."""
    with _without_collection():
        known = {identity for _, text in documents for identity in _identities(text)}
        try:
            return [load(text, name, compile_check=shared().compile_check, known=known, catalogs=catalogs) for name, text in documents]
        except Held as held:
            fail(f"the expressions cannot be checked: {held.message}")


def _identities(text: bytes) -> Iterator[Identity]:
    """What a document calls itself, as far as it can be read at all."""
    try:
        raw = read(text).raw
    except Unreadable:
        return  # told as a finding when the document itself is checked
    header = raw.get("document") if isinstance(raw, dict) else None
    match header:
        case {"namespace": str(namespace), "name": str(name), "version": str(version)}:
            yield namespace, name, version


@contextmanager
def _without_collection() -> Iterator[None]:
    """Positions are many small objects that all stay: the garbage collector would look at them again and again, for two thirds of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
