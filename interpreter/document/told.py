"""A fault of the structure, told at its path; the path becomes a pointer when slips of the pen have been undone."""

from __future__ import annotations

from typing import Literal, NamedTuple

from interpreter.document.wording import Path


class Told(NamedTuple):
    """What is wrong at a path; the rest is as in `findings.Problem`."""

    path: Path
    code: str
    message: str
    at: Literal["key", "value"] = "value"
    expected: str | None = None
    nearest: str | None = None
