"""Data from the command line: JSON, `@file`, `-` for stdin, or repeated `key=value`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from cli.exits import refuse
from interpreter.defaults import Limits
from interpreter.values import Json, depth_exceeds

_PAIR = re.compile(r"([A-Za-z_][\w.-]*)=(.*)", re.DOTALL)


def read_data(given: Sequence[str] | None, option: str) -> Json:
    """The value that the occurrences of an option give; None (null) without any. Ends with a usage error that names the option."""
    if not given:
        return None
    pairs = [_PAIR.fullmatch(text) for text in given]
    if all(pairs):
        return {pair[1]: _loose(pair[2]) for pair in pairs if pair}
    if len(given) > 1:
        wrong = next(text for text, pair in zip(given, pairs, strict=True) if not pair)
        refuse(f"{option}: given several times it takes key=value each time, found '{_short(wrong)}'")
    return _parse(*_source(given[0], option), option)


def read_text(name: str, option: str) -> str:
    """The text of a file, or of stdin for `-`."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        refuse(f"{option}: cannot read '{name}': {reason}")


def parse_json(text: str, what: str) -> Json:
    """Strict JSON (no NaN, nesting within the limit); ends with a usage error that says `what` it was for."""
    return _parse(text, what, what)


def _source(given: str, option: str) -> tuple[str, str]:
    """The JSON text an option's single value gives, and what to call it in a message."""
    if given == "-":
        return read_text("-", option), f"{option}: stdin"
    if given.startswith("@"):
        return read_text(given[1:], option), f"{option}: {given[1:]}"
    return given, option


def _parse(text: str, what: str, option: str) -> Json:
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        hint = "" if what != option else "; give JSON, @file, - for stdin, or key=value"
        refuse(f"{what}: not JSON: {error.msg} (line {error.lineno}, column {error.colno}): '{_short(text)}'{hint}")
    except ValueError as error:
        refuse(f"{what}: not JSON: {error}")
    except RecursionError:
        found = None
        deep = True
    else:
        deep = depth_exceeds(found, Limits().depth)
    if deep:
        refuse(f"{what}: nested deeper than {Limits().depth} levels")
    return found


def _loose(text: str) -> Json:
    """The value of `key=value`: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else f"{flat[:37]}..."  # noqa: PLR2004  what still reads well within one line
