"""From text to a definition: `load` for an author's file, `parse` for what an envelope carries."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from threading import Lock

from interpreter.document.definition import Definition
from interpreter.document.reading import adapter
from interpreter.values import Json, encode

CACHE_BYTES = 64_000_000
"""Texts of definitions that a process keeps; model and raw take a few times as much."""


def parse(text: str) -> Definition:
    """The definition in a JSON text that was checked before it was sent; equal texts share one definition.

    `ValueError` for a text that holds none. No rules are asked: their findings are never raised on a run already started.
    """
    digest = digest_of(text)
    found = _cache.get(digest)
    if found is None:
        found = _parsed(text, digest)
        _cache.put(digest, found)
    return found


def define(raw: Json) -> Definition:
    """The definition in a JSON value; `ValueError` (of Pydantic) for one that is no document."""
    text = encode(raw)
    return Definition(document=adapter().validate_python(raw), raw=raw, digest=digest_of(text), text=text)


def digest_of(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _parsed(text: str, digest: str) -> Definition:
    raw = json.loads(text)
    return Definition(document=adapter().validate_python(raw), raw=raw, digest=digest, text=text)


class _Cache:
    """The definitions used last, bounded by the length of their texts; safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._entries: OrderedDict[str, Definition] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str) -> Definition | None:
        with self._lock:
            if digest in self._entries:
                self._entries.move_to_end(digest)
            return self._entries.get(digest)

    def put(self, digest: str, definition: Definition) -> None:
        with self._lock:
            if digest in self._entries:
                return
            self._entries[digest] = definition
            self._held += len(definition.text)
            while self._held > self._limit and len(self._entries) > 1:
                _, oldest = self._entries.popitem(last=False)
                self._held -= len(oldest.text)


_cache = _Cache(CACHE_BYTES)
