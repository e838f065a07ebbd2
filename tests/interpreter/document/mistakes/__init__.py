"""Mistakes that authors make: one document each, and beside it what `swtemporal validate` prints about it.

`<group>/<what-is-wrong>.yaml` is the document, `<group>/<what-is-wrong>.findings` what is said. In `no-mistake` stands what looks wrong and is not.
`make findings` writes what is said now, after a change of words; the difference is for people to judge.
"""

from __future__ import annotations

from pathlib import Path

from cli.checking import checked
from cli.reports import text

FOLDER = Path(__file__).parent
FINE = "no-mistake"


def documents() -> list[Path]:
    """Every document, by group and name."""
    return sorted(FOLDER.glob("*/*.yaml"))


def expectation(document: Path) -> Path:
    """The file of what is to be said about a document."""
    return document.with_suffix(".findings")


def told(document: Path) -> str:
    """What `swtemporal validate` prints about a document, in its folder."""
    (loaded,) = checked([(document.name, document.read_bytes())])
    return text(loaded.findings)
