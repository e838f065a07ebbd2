"""The document itself.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#workflow
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from interpreter.document.blocks import Expression, Maybe, Named, Notes, OneKey, Says, Word, node
from interpreter.document.model.authentication import Authentication
from interpreter.document.model.error import Error, RetryPolicy
from interpreter.document.model.event import EventStrategy
from interpreter.document.model.hints import DocumentHints
from interpreter.document.model.resource import Endpoint, Input, Output
from interpreter.document.model.scalars import Duration, Identifier, Timeout, TimeoutParts, Version
from interpreter.document.model.task import Task, TaskEntry


@node()
class Header:
    """Who the document is.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#document
    """

    dsl: Version
    """The version of the language; any 1.0.x."""
    namespace: Identifier
    """The namespace of the workflow, as in its Temporal type `namespace/name`."""
    name: Identifier
    """The name of the workflow, unique in its namespace."""
    version: Version
    """The version of the workflow, as three numbers."""
    title: Maybe[str] = None
    """A title for people."""
    summary: Maybe[str] = None
    """A summary for people, in Markdown."""
    tags: Maybe[dict[str, Any]] = None
    """Tags by name, for tools."""
    metadata: Maybe[Annotated[dict[str, Any], Notes(DocumentHints)]] = None
    """Notes of the author, free in form; `metadata.swtemporal` holds this product's hints."""


@node()
class Evaluate:
    """How expressions are read.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#evaluate
    """

    language: str = "jq"
    """The language of expressions: `jq`, or `javascript` (also `js`); `validate` warns of any other."""
    mode: Annotated[str, Word(("strict", "loose"))] = "strict"
    """Whether only what stands in `${ }` is an expression (`strict`), or every text is tried as one (`loose`)."""


@node()
class Catalog:
    """A place that functions come from.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#catalog
    """

    endpoint: Endpoint
    """The root of the catalog: `functions/NAME/VERSION/function.yaml` stands below it."""


@node()
class Extension:
    """What is done around other tasks.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#extension

    The tasks see the extended one as `$task`. What they put out is dropped, what they export is kept; `then: exit` in `before` skips
    the extended task.
    """

    extend: Annotated[
        str,
        Word(
            ("call", "composite", "emit", "for", "listen", "raise", "run", "set", "switch", "try", "wait", "all"),
            means=(("do", "composite"), ("fork", "composite")),
        ),
    ]
    """The kind of task that is extended; `composite` means `do` and `fork`."""
    when: Maybe[Expression] = None
    """The condition under which a task is extended."""
    before: Maybe[list[TaskEntry]] = None
    """The tasks that run before the extended one, with its input."""
    after: Maybe[list[TaskEntry]] = None
    """The tasks that run after the extended one, with its output."""


@node()
class Use:
    """Parts that the document's tasks refer to by name.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#use
    """

    authentications: Maybe[dict[str, Authentication]] = None
    """Authentication policies, by the names that `authentication: {use: NAME}` refers to."""
    catalogs: Maybe[dict[str, Catalog]] = None
    """Places that functions come from, by the names that `call: name:version@catalog` refers to."""
    errors: Maybe[dict[str, Error]] = None
    """Errors, by the names that `raise` refers to."""
    extensions: Maybe[list[Annotated[Named[Extension], OneKey("extension")]]] = None
    """What is done around other tasks, in the order in which they are applied."""
    functions: Maybe[dict[str, Task]] = None
    """Tasks that are called by these names."""
    retries: Maybe[dict[str, RetryPolicy]] = None
    """Retry policies, by the names that `catch.retry` refers to."""
    secrets: Maybe[Annotated[list[str], Says("a list of names, whose values only the worker has")]] = None
    """The names of the secrets that expressions may read as `$secrets.NAME`."""
    timeouts: Maybe[dict[str, TimeoutParts]] = None
    """Timeouts, by the names that `timeout` refers to."""


@node()
class Schedule:
    """When the workflow is started by itself.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schedule

    It is read and checked, but not acted upon yet: started by hand, the workflow runs once.
    """

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("every", "cron", "after", "on"),)

    every: Maybe[Duration] = None
    """The interval between two starts."""
    cron: Maybe[str] = None
    """A CRON expression, in UTC."""
    after: Maybe[Duration] = None
    """The time between the end of a run and the next start."""
    on: Maybe[EventStrategy] = None
    """The events that start a run."""
    read: Maybe[Annotated[str, Word(("data", "envelope", "raw"))]] = None
    """What of the events becomes the input of the run; goes with `on` only."""


@node(extra="ignore")
class Document:
    """A workflow: who it is, what it does, and how it is read and started.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#workflow
    """

    document: Header
    """Who the workflow is."""
    do: list[TaskEntry]
    """The tasks, in the order in which they run."""
    input: Maybe[Input] = None
    """How the input of the workflow is checked and shaped."""
    use: Maybe[Use] = None
    """Parts that the tasks refer to by name."""
    timeout: Maybe[Timeout] = None
    """How long a run may take; or the name of a timeout in `use.timeouts`."""
    output: Maybe[Output] = None
    """How the output of the last task is shaped and checked."""
    schedule: Maybe[Schedule] = None
    """When the workflow is started by itself."""
    evaluate: Maybe[Evaluate] = None
    """How expressions are read."""
