"""Texts with a form of their own, and durations."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from interpreter.document.blocks import Integer, Marked, Maybe, NotEmpty, Text, TextOr, node

EXPRESSION = r"\s*\$\{[\s\S]+\}\s*"
URI = r"[A-Za-z][A-Za-z0-9+\-.]*://.*"
SEMVER = (
    r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"
    r"(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
)
NAME = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-.]{0,61}[a-zA-Z0-9])?"
ISO_DURATION = (
    r"P(?!$)(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?W)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?"
)
TIMESTAMP = r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})"
POINTER = r"(?:/(?:[^~/]|~[01])*)*"

Identifier: TypeAlias = Annotated[str, Text("bad-name", "1 to 63 letters, digits or hyphens", (NAME,))]
Version: TypeAlias = Annotated[str, Text("bad-version", "three numbers, such as '1.0.3'", (SEMVER,))]
Uri: TypeAlias = Annotated[str, Marked(), Text("bad-uri", "an absolute URI or a ${ expression }", (URI, EXPRESSION))]
WholeExpression: TypeAlias = Annotated[str, Marked(), Text("bad-expression", "one ${ expression }", (EXPRESSION,))]
MapExpression: TypeAlias = Annotated[str, Marked(), Text("bad-expression", "a map, or one ${ expression }", (EXPRESSION,))]
Filled: TypeAlias = Annotated[str, Text("empty", "a name", (r"[\s\S]+",))]


@node()
class DurationParts:
    """A length of time as the sum of its parts.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#duration

    It may also be written as a text: ISO 8601, such as `PT1H30M` or `P2D`, or one `${ expression }` that gives either form. A year is
    365 days and a month 30; a duration is not negative, and no longer than a thousand years.
    """

    days: Maybe[Integer] = None
    """Days of 24 hours each."""
    hours: Maybe[Integer] = None
    """Hours, added to the other parts."""
    minutes: Maybe[Integer] = None
    """Minutes, added to the other parts."""
    seconds: Maybe[Integer] = None
    """Seconds, added to the other parts."""
    milliseconds: Maybe[Integer] = None
    """Milliseconds, added to the other parts."""


DurationText: TypeAlias = Annotated[
    str, Marked(), Text("bad-duration", "a duration: {seconds: 30}, PT30S or a ${ expression }", (ISO_DURATION, EXPRESSION))
]
Duration: TypeAlias = Annotated[
    Annotated[DurationParts, NotEmpty()] | DurationText,
    TextOr("a duration: {seconds: 30}, PT30S or an expression"),
]


@node()
class TimeoutParts:
    """How long something may take.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#timeout

    Where a task or the document has a `timeout`, the name of one in `use.timeouts` may stand instead.
    """

    after: Duration
    """The time after which the work is cut off and fails with an error of type `timeout`, status 408."""


Timeout: TypeAlias = Annotated[TimeoutParts | Filled, TextOr("the name of a timeout in use.timeouts, or an object with 'after'")]
