"""From JSON to the model: the one Pydantic adapter, built when it is first needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from interpreter.document.model import Document

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@cache
def adapter() -> TypeAdapter[Document]:
    """The reader of documents; it takes a JSON value and raises `pydantic.ValidationError`."""
    from pydantic import TypeAdapter  # noqa: PLC0415  # half of a command's start; only who reads a document pays for it

    return TypeAdapter(Document)
