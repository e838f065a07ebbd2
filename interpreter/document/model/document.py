"""The document itself.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#workflow
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from interpreter.document.blocks import Expression, Maybe, Named, OneKey, Says, Word, node
from interpreter.document.model.authentication import Authentication
from interpreter.document.model.error import Error, RetryPolicy
from interpreter.document.model.event import EventStrategy
from interpreter.document.model.resource import Endpoint, Input, Output
from interpreter.document.model.scalars import Duration, Identifier, Timeout, TimeoutParts, Version
from interpreter.document.model.task import Task, TaskEntry


@node()
class Header:
    """Who the document is.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#document
    """

    dsl: Version
    """The version of the language; 1.0.x."""
    namespace: Identifier
    """The namespace of the workflow."""
    name: Identifier
    """The name of the workflow."""
    version: Version
    """The version of the workflow."""
    title: Maybe[str] = None
    """A title for people."""
    summary: Maybe[str] = None
    """A summary in Markdown."""
    tags: Maybe[dict[str, Any]] = None
    """Tags, by name."""
    metadata: Maybe[dict[str, Any]] = None
    """Notes of the author, free in form."""


@node()
class Evaluate:
    """How expressions are read.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#evaluate
    """

    language: str = "jq"
    """The language of expressions."""
    mode: Annotated[str, Word(("strict", "loose"))] = "strict"
    """Whether only what stands in `${ }` is an expression, or every text is tried."""


@node()
class Catalog:
    """A place that functions come from.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#catalog
    """

    endpoint: Endpoint
    """Its root."""


@node()
class Extension:
    """What is done around other tasks.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#extension
    """

    extend: Annotated[
        str,
        Word(
            ("call", "composite", "emit", "for", "listen", "raise", "run", "set", "switch", "try", "wait", "all"),
            means=(("do", "composite"), ("fork", "composite")),
        ),
    ]
    """The kind of task that is extended."""
    when: Maybe[Expression] = None
    """The condition under which a task is extended."""
    before: Maybe[list[TaskEntry]] = None
    """The tasks that are run before it."""
    after: Maybe[list[TaskEntry]] = None
    """The tasks that are run after it."""


@node()
class Use:
    """Parts that the document's tasks refer to by name.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#use
    """

    authentications: Maybe[dict[str, Authentication]] = None
    """Authentication policies."""
    catalogs: Maybe[dict[str, Catalog]] = None
    """Places that functions come from."""
    errors: Maybe[dict[str, Error]] = None
    """Errors."""
    extensions: Maybe[list[Annotated[Named[Extension], OneKey("extension")]]] = None
    """What is done around other tasks."""
    functions: Maybe[dict[str, Task]] = None
    """Functions: tasks that are called by name."""
    retries: Maybe[dict[str, RetryPolicy]] = None
    """Retry policies."""
    secrets: Maybe[Annotated[list[str], Says("a list of names, whose values only the worker has")]] = None
    """Names of the secrets that the document may read."""
    timeouts: Maybe[dict[str, TimeoutParts]] = None
    """Timeouts."""


@node()
class Schedule:
    """When the workflow is started by itself: exactly one of the four ways.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schedule
    """

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("every", "cron", "after", "on"),)

    every: Maybe[Duration] = None
    """Again and again, by an interval between starts."""
    cron: Maybe[str] = None
    """By a CRON expression, in UTC."""
    after: Maybe[Duration] = None
    """A time after the previous run has completed."""
    on: Maybe[EventStrategy] = None
    """When events come."""
    read: Maybe[Annotated[str, Word(("data", "envelope", "raw"))]] = None
    """What of the events becomes the input; goes with `on` only."""


@node(extra="ignore")
class Document:
    """A workflow definition."""

    document: Header
    """Who the document is."""
    do: list[TaskEntry]
    """The tasks, run one after the other."""
    input: Maybe[Input] = None
    """What goes in."""
    use: Maybe[Use] = None
    """Parts that the tasks refer to by name."""
    timeout: Maybe[Timeout] = None
    """How long a run may take, or the name of a timeout in `use.timeouts`."""
    output: Maybe[Output] = None
    """What comes out."""
    schedule: Maybe[Schedule] = None
    """When the workflow is started by itself."""
    evaluate: Maybe[Evaluate] = None
    """How expressions are read."""
