"""What lists of runs show of a workflow; a memo, unlike a summary, is kept by continue-as-new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.values import Json

if TYPE_CHECKING:
    from interpreter.document.model import Document

DEFINITION = "definition"
VERSION = "version"
TITLE = "title"


def memo_of(document: Document) -> dict[str, Json]:
    """`{definition: "namespace/name:version", version, title}`."""
    header = document.document
    return {DEFINITION: f"{header.namespace}/{header.name}:{header.version}", VERSION: header.version, TITLE: title_of(document)}


def title_of(document: Document) -> str:
    """A title for people: the document's, else its name."""
    return document.document.title or document.document.name
