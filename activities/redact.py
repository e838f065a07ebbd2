"""Keeps secret values out of whatever is told about a failure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import quote, quote_plus

from interpreter.values import Json, encode

PLACEHOLDER = "***"


class Redaction:
    """The texts of one run of an activity that must not be shown: what was read, and what was made of it."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()

    def hide(self, value: Json, *, known: Collection[str] = ()) -> None:
        """From now on hide every text and number in a value, also as it stands in a URI or inside JSON text; not what is `known` anyway."""
        for text in leaves(value):
            if text not in known:
                self._hidden |= _forms(text)

    def __call__(self, text: str, *, shortest: int = 1) -> str:
        """A text with every hidden one replaced by a placeholder, the longest first; those below `shortest` characters stay."""
        longest_first = sorted((one for one in self._hidden if len(one) >= shortest), key=len, reverse=True)
        return text if not longest_first else re.sub("|".join(map(re.escape, longest_first)), PLACEHOLDER, text)


def leaves(value: Json) -> Iterator[str]:
    """The texts in a value, and its numbers as text; no empty ones."""
    match value:
        case dict():
            for item in value.values():
                yield from leaves(item)
        case list():
            for item in value:
                yield from leaves(item)
        case bool() | None | "":
            return
        case str():
            yield value
        case _:
            yield encode(value)


def _forms(text: str) -> set[str]:
    """A text as it is, in a URI, in a form, and inside JSON text."""
    encodable = text.encode("utf-8", "surrogatepass")
    return {text, quote(encodable, safe=""), quote(encodable), quote_plus(encodable), encode(text)[1:-1], json.dumps(text)[1:-1]}
