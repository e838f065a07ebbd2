"""The product's own hints in a document: `metadata.swtemporal`."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.defaults import METADATA
from interpreter.values import Json

METADATA_HINTS = ("metadata", METADATA)
"""Where they stand in a task, or in the document's header."""


def hints_in(metadata: Mapping[str, Json] | None) -> Mapping[str, Json]:
    """The hints in the `metadata` of a task or of a document; none where what stands there is no object."""
    found = (metadata or {}).get(METADATA)
    return found if isinstance(found, dict) else {}
