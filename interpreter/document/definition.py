"""A loaded document: what the interpreter reads it as, and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interpreter.document.marks import Marks
from interpreter.document.model import Document
from interpreter.values import Json, lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A document, typed and raw; equal texts have equal digests."""

    document: Document
    raw: Json
    """The document as written, as JSON; shared with the typed one, so never to be changed."""
    digest: str
    """SHA-256 of the UTF-8 bytes of `text`, in hex."""
    text: str
    """The compact JSON text of `raw`: what an envelope carries."""
    marks: Marks | None = None
    """Where everything stands in the author's file; None for a document that came by an envelope."""
    guests: Mapping[str, Json] = field(default_factory=dict)
    """Functions that stand elsewhere, by the pointer at which they count as standing here."""

    def raw_at(self, pointer: str) -> Json:
        """What is written at a JSON pointer, in a guest below its own; `KeyError` where it leads nowhere."""
        for place, raw in self.guests.items():
            if pointer.startswith(place) and pointer[len(place) :][:1] in {"", "/"}:
                return lookup(raw, pointer[len(place) :])
        return lookup(self.raw, pointer)
