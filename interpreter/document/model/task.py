"""Tasks: the kinds that hold other tasks, the plain ones, and the union of them all.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#task
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from typing_extensions import TypeAliasType

from interpreter.document.blocks import (
    Boolean,
    Directive,
    Expression,
    Free,
    Maybe,
    Named,
    NotEmpty,
    OneKey,
    OneOf,
    Template,
    TextOr,
    Word,
    node,
)
from interpreter.document.model.asyncapi import AsyncApiMessage, AsyncApiServer, Consume, Protocol
from interpreter.document.model.authentication import AuthenticationReference
from interpreter.document.model.call import A2aCall, Called, FunctionCall, GrpcCall, HttpCall, McpCall, OpenApiCall
from interpreter.document.model.common import TaskCommon
from interpreter.document.model.error import CatchErrors, Error, RetryPolicy
from interpreter.document.model.event import EmitEvent, EventStrategy
from interpreter.document.model.process import ContainerRun, ScriptRun, ShellRun, WorkflowRun
from interpreter.document.model.resource import Export, ExternalResource, Output
from interpreter.document.model.scalars import Duration, Filled, WholeExpression

TaskEntry = TypeAliasType("TaskEntry", Annotated[Named["Task"], OneKey("task")])
"""An entry of a task list: `- name: task`."""


@node()
class Iterator:
    """What is done with each item as it comes.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#subscription-iterator
    """

    item: str = "item"
    """The variable that holds the item."""
    at: str = "index"
    """The variable that holds its number, from 0."""
    do: Maybe[list[TaskEntry]] = None
    """The tasks that are run."""
    output: Maybe[Output] = None
    """What comes out for the item."""
    export: Maybe[Export] = None
    """What is left in the context."""


@node()
class AsyncApiSubscription:
    """Which messages are consumed, and what is done with them."""

    consume: Consume
    """How many are consumed."""
    filter: Maybe[WholeExpression] = None
    """Which messages are meant."""
    foreach: Maybe[Iterator] = None
    """What is done with each."""


@node()
class AsyncApiArguments:
    """Where a message is published or consumed."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("operation", "channel"), ("message", "subscription"))

    document: ExternalResource
    """The AsyncAPI document."""
    channel: Maybe[Template] = None
    """The channel, of a document of version 2."""
    operation: Maybe[Template] = None
    """The operation, of a document of version 3."""
    server: Maybe[AsyncApiServer] = None
    """The server; when absent, one that speaks `protocol`, else the first."""
    protocol: Maybe[Protocol] = None
    """The protocol by which a server is chosen."""
    message: Maybe[AsyncApiMessage] = None
    """The message to be published."""
    subscription: Maybe[AsyncApiSubscription] = None
    """The messages to be consumed."""
    authentication: Maybe[AuthenticationReference] = None
    """How the caller proves who it is."""


@node()
class AsyncApiCall(TaskCommon):
    """Publishes or consumes messages by an AsyncAPI document.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#asyncapi-call
    """

    KEY: ClassVar[str] = "call.asyncapi"

    call: Called
    """`asyncapi`."""
    with_: AsyncApiArguments
    """The call's arguments."""


@node()
class Do(TaskCommon):
    """Runs tasks one after the other.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#do
    """

    KEY: ClassVar[str] = "do"

    do: list[TaskEntry]
    """The tasks."""


@node()
class EmitSettings:
    """What is sent."""

    event: EmitEvent
    """The event."""


@node()
class Emit(TaskCommon):
    """Sends an event.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#emit
    """

    KEY: ClassVar[str] = "emit"

    emit: EmitSettings
    """What is sent."""


@node()
class ForSettings:
    """What is iterated over."""

    in_: Expression
    """The collection."""
    each: str = "item"
    """The variable that holds the item."""
    at: str = "index"
    """The variable that holds its number, from 0."""


@node()
class For(TaskCommon):
    """Runs tasks once for each item of a collection.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#for
    """

    KEY: ClassVar[str] = "for"

    for_: ForSettings
    """What is iterated over."""
    do: list[TaskEntry]
    """The tasks."""
    while_: Maybe[Expression] = None
    """The condition under which the loop goes on, asked before each item."""


@node()
class ForkSettings:
    """What is run at once."""

    branches: list[TaskEntry]
    """The tasks, each a branch of its own."""
    compete: Boolean = False
    """Whether the first branch to complete wins, and the others are cancelled."""


@node()
class Fork(TaskCommon):
    """Runs tasks at once.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#fork
    """

    KEY: ClassVar[str] = "fork"

    fork: ForkSettings
    """What is run."""


@node()
class ListenSettings:
    """What is waited for."""

    to: EventStrategy
    """Which events."""
    read: Annotated[str, Word(("data", "envelope", "raw"))] = "data"
    """What of an event is kept: its decoded data, the whole event, or its data as sent."""


@node()
class Listen(TaskCommon):
    """Waits for events.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#listen
    """

    KEY: ClassVar[str] = "listen"

    listen: ListenSettings
    """What is waited for."""
    foreach: Maybe[Iterator] = None
    """What is done with each event."""


@node()
class RaiseSettings:
    """What is raised."""

    error: Annotated[Error | Filled, TextOr("an error with 'type' and 'status', or the name of one in use.errors")]
    """The error, or the name of one in `use.errors`."""


@node()
class Raise(TaskCommon):
    """Raises an error.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#raise
    """

    KEY: ClassVar[str] = "raise"

    raise_: RaiseSettings
    """What is raised."""


@node()
class Set(TaskCommon):
    """Replaces the data.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#set
    """

    KEY: ClassVar[str] = "set"

    set: Annotated[
        Annotated[dict[str, Free], NotEmpty()] | Expression,
        TextOr("an object with at least one member, or an expression"),
    ]
    """The new data."""


@node()
class Case:
    """A case of a switch; without `when` it is the default."""

    then: Directive
    """Where to go: `continue`, `exit`, `end`, or a task of the same list."""
    when: Maybe[Expression] = None
    """The condition."""


@node()
class Switch(TaskCommon):
    """Goes where the first case that holds says.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#switch
    """

    KEY: ClassVar[str] = "switch"

    switch: Annotated[list[Annotated[Named[Case], OneKey("case")]], NotEmpty()]
    """The cases."""


@node()
class Catch:
    """What is done about an error.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#catch
    """

    errors: Maybe[CatchErrors] = None
    """Which errors are caught; when absent, all."""
    as_: str = "error"
    """The variable that holds the error."""
    when: Maybe[Expression] = None
    """The condition under which the error is caught."""
    except_when: Maybe[Expression] = None
    """The condition under which it is not."""
    retry: Maybe[Annotated[RetryPolicy | Filled, TextOr("a retry policy, or the name of one in use.retries")]] = None
    """When and how often the tasks are tried again, or the name of a policy in `use.retries`."""
    do: Maybe[list[TaskEntry]] = None
    """The tasks that are run when the error is caught and not retried."""
    then: Maybe[Directive] = None
    """Where to go after that."""


@node()
class Try(TaskCommon):
    """Runs tasks and deals with their errors.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#try
    """

    KEY: ClassVar[str] = "try"

    try_: list[TaskEntry]
    """The tasks."""
    catch: Catch
    """What is done about their errors."""


@node()
class Wait(TaskCommon):
    """Waits for a time.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#wait
    """

    KEY: ClassVar[str] = "wait"

    wait: Duration
    """How long."""


AnyTask: TypeAlias = (
    HttpCall
    | OpenApiCall
    | GrpcCall
    | AsyncApiCall
    | McpCall
    | A2aCall
    | FunctionCall
    | For
    | Do
    | Emit
    | Fork
    | Listen
    | Raise
    | ContainerRun
    | ScriptRun
    | ShellRun
    | WorkflowRun
    | Set
    | Switch
    | Try
    | Wait
)
"""Every kind; `for` is asked for before `do`, as a loop has both."""

Task = TypeAliasType("Task", Annotated[AnyTask, OneOf("a task", "a process")])
"""A task of any kind; the kind is the key."""
