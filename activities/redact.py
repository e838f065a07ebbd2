"""Keeps secret values out of whatever is told about a failure."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, quote_plus

from interpreter.values import Json, encode

PLACEHOLDER = "***"


class Redaction:
    """The texts of one run of an activity that must not be shown: what was read, and what was made of it."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()

    def hide(self, value: Json, *, shortest: int = 1) -> None:
        """From now on hide every text and number in a value, also as it stands in a URI or inside JSON text.

        What has fewer characters than `shortest` is let pass: for values made of a secret and other data, among which
        short ones are hardly the secret, and hiding them would make everything else unreadable.
        """
        match value:
            case dict():
                for item in value.values():
                    self.hide(item, shortest=shortest)
            case list():
                for item in value:
                    self.hide(item, shortest=shortest)
            case bool() | None:
                pass
            case _:
                text = value if isinstance(value, str) else encode(value)
                if len(text) >= shortest:
                    self._hidden |= _forms(text)

    def __call__(self, text: str) -> str:
        """A text with every hidden one replaced by a placeholder, the longest first."""
        if not self._hidden:
            return text
        longest_first = sorted(self._hidden, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest_first)), PLACEHOLDER, text)


def _forms(text: str) -> set[str]:
    """A text as it is, in a URI, in a form, and inside JSON text."""
    encodable = text.encode("utf-8", "surrogatepass")
    return {text, quote(encodable, safe=""), quote(encodable), quote_plus(encodable), encode(text)[1:-1], json.dumps(text)[1:-1]}
