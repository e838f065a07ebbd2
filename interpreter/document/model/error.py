"""Errors as the document names them, and what is done about them.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#error
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from interpreter.document.blocks import Expression, Integer, Marked, Maybe, NotEmpty, OneOf, Template, Text, Whole, node
from interpreter.document.model.scalars import EXPRESSION, POINTER, Duration, Uri

Instance: TypeAlias = Annotated[
    str, Marked(), Text("bad-value", "a JSON pointer such as /do/0/name, or a ${ expression }", (POINTER, EXPRESSION))
]


@node()
class Error:
    """An error to be raised: problem details as RFC 9457 describes them."""

    type: Uri
    """What kind of error it is."""
    status: Integer
    """The HTTP status that fits it best."""
    instance: Maybe[Instance] = None
    """Where it happened; when absent, the task that raises it."""
    title: Maybe[Template] = None
    """A short summary."""
    detail: Maybe[Template] = None
    """What happened this time."""


@node(extra="ignore")
class ErrorFilter:
    """Which errors are meant: every member that is given must equal the error's."""

    type: Maybe[Template] = None
    """The error's type."""
    status: Maybe[Integer] = None
    """The error's status."""
    instance: Maybe[Template] = None
    """Where it happened."""
    title: Maybe[Template] = None
    """Its title."""
    detail: Maybe[Template] = None
    """Its detail."""
    details: Maybe[Template] = None
    """Its detail, as the schema of 1.0.3 spells it."""


@node()
class CatchErrors:
    """Which errors are caught."""

    with_: Maybe[Annotated[ErrorFilter, NotEmpty()]] = None
    """The filter; when absent, every error is caught."""


@node()
class ConstantBackoff:
    """The same delay before every retry."""

    KEY: ClassVar[str] = "constant"

    constant: dict[str, Any]
    """Nothing to set."""


@node()
class LinearBackoff:
    """A delay that grows by itself: delay times the number of the retry."""

    KEY: ClassVar[str] = "linear"

    linear: dict[str, Any]
    """Nothing to set."""


@node()
class ExponentialBackoff:
    """A delay that doubles with every retry."""

    KEY: ClassVar[str] = "exponential"

    exponential: dict[str, Any]
    """Nothing to set."""


Backoff: TypeAlias = Annotated[ConstantBackoff | ExponentialBackoff | LinearBackoff, OneOf("a backoff")]


@node()
class AttemptLimit:
    """Limits that concern single attempts."""

    count: Maybe[Annotated[int, Whole(minimum=0)]] = None
    """How many retries at most, after the first attempt."""
    duration: Maybe[Duration] = None
    """How long one attempt may take."""


@node()
class RetryLimit:
    """When retrying ends."""

    attempt: Maybe[AttemptLimit] = None
    """Limits that concern single attempts."""
    duration: Maybe[Duration] = None
    """How long all attempts and delays may take together."""


@node()
class Jitter:
    """A random time that is added to every delay."""

    from_: Duration
    """The least."""
    to: Duration
    """The most."""


@node()
class RetryPolicy:
    """When and how often work is tried again.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#retry
    """

    when: Maybe[Expression] = None
    """The condition under which it is tried again."""
    except_when: Maybe[Expression] = None
    """The condition under which it is not."""
    delay: Maybe[Duration] = None
    """The delay before a retry."""
    backoff: Maybe[Backoff] = None
    """How the delay grows."""
    limit: Maybe[RetryLimit] = None
    """When retrying ends; without it, never."""
    jitter: Maybe[Jitter] = None
    """A random time that is added to every delay."""
