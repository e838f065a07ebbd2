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
    """An error to be raised: problem details as RFC 9457 describes them.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#error
    """

    type: Uri
    """The kind of the error, as an absolute URI; the language has some of its own."""
    status: Integer
    """The HTTP status that fits the error best."""
    instance: Maybe[Instance] = None
    """The place of the error in the document, as a JSON pointer; the task that raises it when absent."""
    title: Maybe[Template] = None
    """A short summary of the kind of error."""
    detail: Maybe[Template] = None
    """What happened this time."""


@node(extra="ignore")
class ErrorFilter:
    """Which errors are meant: every member that is given must equal the error's."""

    type: Maybe[Template] = None
    """The type that the error has; those of the language are the same under every prefix they were published with."""
    status: Maybe[Integer] = None
    """The status that the error has."""
    instance: Maybe[Template] = None
    """The place of the error."""
    title: Maybe[Template] = None
    """The title that the error has."""
    detail: Maybe[Template] = None
    """The detail that the error has."""
    details: Maybe[Template] = None
    """The detail that the error has, as the schema of 1.0.3 spells it."""


@node()
class CatchErrors:
    """Which errors are caught."""

    with_: Maybe[Annotated[ErrorFilter, NotEmpty()]] = None
    """What the error must be like."""


@node()
class ConstantBackoff:
    """The same delay before every retry."""

    KEY: ClassVar[str] = "constant"

    constant: dict[str, Any]
    """An empty object: there is nothing to set."""


@node()
class LinearBackoff:
    """A delay that grows by itself: delay times the number of the retry."""

    KEY: ClassVar[str] = "linear"

    linear: dict[str, Any]
    """An empty object: there is nothing to set."""


@node()
class ExponentialBackoff:
    """A delay that doubles with every retry."""

    KEY: ClassVar[str] = "exponential"

    exponential: dict[str, Any]
    """An empty object: there is nothing to set."""


Backoff: TypeAlias = Annotated[ConstantBackoff | ExponentialBackoff | LinearBackoff, OneOf("a backoff")]


@node()
class AttemptLimit:
    """Limits that concern single attempts."""

    count: Maybe[Annotated[int, Whole(minimum=0)]] = None
    """How many retries there are at most, after the first attempt."""
    duration: Maybe[Duration] = None
    """How long one attempt may take, before it fails with an error of type `timeout`."""


@node()
class RetryLimit:
    """When retrying ends."""

    attempt: Maybe[AttemptLimit] = None
    """Limits for a single attempt and for their number."""
    duration: Maybe[Duration] = None
    """How long all attempts and delays may take together: no retry begins later."""


@node()
class Jitter:
    """A random time that is added to every delay."""

    from_: Duration
    """The least time that is added."""
    to: Duration
    """The most time that is added."""


@node()
class RetryPolicy:
    """When and how often work is tried again.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#retry

    In its expressions the error stands under the name that `catch.as` gives it.
    """

    when: Maybe[Expression] = None
    """The condition under which it is tried again."""
    except_when: Maybe[Expression] = None
    """The condition under which it is not tried again."""
    delay: Maybe[Duration] = None
    """How long is waited before the first retry; not at all when absent."""
    backoff: Maybe[Backoff] = None
    """How the delay grows from retry to retry; it stays the same when absent."""
    limit: Maybe[RetryLimit] = None
    """When retrying ends; it never ends when absent."""
    jitter: Maybe[Jitter] = None
    """A random time that is added to every delay."""
