"""Mistakes that authors make, each with what must be said about it; the cases stand in `mistakes/*.txt`.

A case is a title, a document, and one line for each finding: `line:column code pointer | message`. Unless it has a `document` of its
own, or its title ends with `(whole)`, a document begins with a good header, as line 1. Warnings about what cannot run yet are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HEADER = "document: {dsl: '1.0.3', namespace: test, name: x, version: '1.0.0'}\n"


class Mistake(NamedTuple):
    title: str
    text: str
    expected: list[str]


def mistakes():
    return [mistake for file in sorted(Path(__file__).with_name("mistakes").glob("*.txt")) for mistake in _in(file.read_text())]


def _in(text):
    for block in text.split("=== ")[1:]:
        title, _, rest = block.partition("\n")
        document, _, expected = rest.partition("--- expect\n")
        whole = document.startswith("document:") or title.endswith("(whole)")
        yield Mistake(title, document if whole else HEADER + document, expected.strip().splitlines())
