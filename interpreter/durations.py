"""Lengths of time, as whole milliseconds.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#duration
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from interpreter.document.model.scalars import ISO_DURATION, DurationParts
from interpreter.faults import fault
from interpreter.values import Json

MILLISECONDS = {"days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": 1000, "milliseconds": 1}
DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1}
LONGEST = 1000 * 365 * MILLISECONDS["days"]
"""A thousand years; a longer time is a mistake, and the server's clock could not hold it."""

_ISO = re.compile(ISO_DURATION)
_DATE, _TIME = re.compile(r"([\d.]+)([YMWD])"), re.compile(r"([\d.]+)([HMS])")
_TIME_UNITS = {"H": "hours", "M": "minutes", "S": "seconds"}
_LONGEST_TEXT = 100


def milliseconds(duration: DurationParts | str) -> int:
    """The length of a duration in milliseconds; a fraction of one is rounded half to even.

    A text is ISO 8601 (a year is 365 days, a month 30, a week 7). `ValueError`, with a text for users, for any other text,
    for a negative duration and for one of more than a thousand years.
    """
    total = _of_text(duration) if isinstance(duration, str) else _of_parts(duration)
    if total < 0:
        raise ValueError("a duration cannot be negative")
    if total > LONGEST:
        raise ValueError("a duration cannot be longer than a thousand years")
    return round(total)


def length_of(duration: Any, member: str) -> int:
    """A duration that was written or computed, in milliseconds; an `expression` fault for what is none."""
    found = duration
    if isinstance(found, dict) and found and all(unit in MILLISECONDS and _is_number(count) for unit, count in found.items()):
        found = DurationParts(**found)
    if not isinstance(found, str | DurationParts):
        raise fault("expression", f'\'{member}\' must give a duration, such as {{"seconds": 30}} or "PT30S"')
    try:
        return milliseconds(found)
    except ValueError as error:
        raise fault("expression", f"'{member}' must give a duration: {error}") from None


def _of_parts(parts: DurationParts) -> int:
    return sum(factor * (getattr(parts, unit) or 0) for unit, factor in MILLISECONDS.items())


def _of_text(text: str) -> Fraction:
    text = text.strip()
    if len(text) > _LONGEST_TEXT or not _ISO.fullmatch(text):
        raise ValueError(f"{text[:_LONGEST_TEXT]!r} is no duration: write ISO 8601, such as PT30S, PT5M or P1D")
    date, _, time = text[1:].partition("T")
    days = sum((Fraction(number) * DAYS[unit] for number, unit in _DATE.findall(date)), Fraction())
    rest = sum((Fraction(number) * MILLISECONDS[_TIME_UNITS[unit]] for number, unit in _TIME.findall(time)), Fraction())
    return days * MILLISECONDS["days"] + rest


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
