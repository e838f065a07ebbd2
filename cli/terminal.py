"""Where words go: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from cli.exits import Code, Stop
from interpreter.values import Json, encode

if TYPE_CHECKING:
    from rich.console import Console


class Form(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"


def write(text: str) -> None:
    """A result as it is. Whoever reads may stop reading: that is no failure."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise Stop(Code.COMPLETED) from None


def line(text: str) -> None:
    """One line of a result."""
    write(f"{text}\n")


def value(result: Json, form: Form) -> None:
    """A JSON value: on one line as `json`, indented as `text`."""
    line(encode(result) if form is Form.JSON else json.dumps(result, ensure_ascii=False, allow_nan=False, indent=2))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, never cut, so that they can be searched and split."""
    cells = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def say(text: str, style: str = "") -> None:
    """One line for people, on stderr; `style` colours it on a terminal (NO_COLOR is honoured)."""
    _console().print(text, style=style, soft_wrap=True)


def note(text: str) -> None:
    """One quiet line for people, on stderr."""
    say(text, "dim")


def warn(text: str) -> None:
    """Something that is probably not as wished, on stderr."""
    say(f"warning: {text}", "yellow")


def error(text: str) -> None:
    """Why the command ends, on stderr."""
    say(f"error: {text}", "red")


def details(problem: Json) -> None:
    """A problem as JSON, on stderr, without colours: programs read it there."""
    sys.stderr.write(json.dumps(problem, ensure_ascii=False, indent=2) + "\n")


@cache
def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)
