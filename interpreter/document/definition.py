"""A loaded document: what the interpreter reads it as, and what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interpreter.document.marks import Marks
from interpreter.document.model import Document
from interpreter.faults import fault
from interpreter.languages import JQ, LANGUAGES, Language
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
        place = self._guest_at(pointer)
        return lookup(self.raw, pointer) if place is None else lookup(self.guests[place], pointer[len(place) :])

    def language_at(self, pointer: str) -> Language:
        """The language of the expressions at a JSON pointer; a `configuration` fault for one that nobody evaluates.

        A guest says no language of its own, so its is the default: it means the same whoever calls it.
        """
        evaluate = self.document.evaluate
        if evaluate is None or self._guest_at(pointer) is not None:
            return JQ
        language = LANGUAGES.get(evaluate.language)
        if language is None:
            raise fault("configuration", f"expressions are evaluated in jq and in javascript, not in '{evaluate.language}'")
        return language

    def _guest_at(self, pointer: str) -> str | None:
        return next((place for place in self.guests if pointer.startswith(place) and pointer[len(place) :][:1] in {"", "/"}), None)
