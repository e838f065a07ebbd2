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
    """The name of the variable that holds the item."""
    at: str = "index"
    """The variable that holds the number of the item, from 0."""
    do: Maybe[list[TaskEntry]] = None
    """The tasks that are run with the item as input; without them the item itself is the result."""
    output: Maybe[Output] = None
    """How the result for the item is shaped and checked."""
    export: Maybe[Export] = None
    """What is left in the context after the item."""


@node()
class AsyncApiSubscription:
    """Which messages are consumed, and what is done with them."""

    consume: Consume
    """When consuming ends."""
    filter: Maybe[WholeExpression] = None
    """The condition under which a message is consumed; `.` is the message. One on which it fails is passed over."""
    foreach: Maybe[Iterator] = None
    """What is done with each message, one at a time and in order; the outputs make the task's array."""


@node()
class AsyncApiArguments:
    """Where a message is published or consumed."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("operation", "channel"), ("message", "subscription"))

    document: ExternalResource
    """The AsyncAPI document (2.x or 3.x) that describes the service."""
    channel: Maybe[Template] = None
    """The name of the channel, in a document of version 2."""
    operation: Maybe[Template] = None
    """The name of the operation, in a document of version 3."""
    server: Maybe[AsyncApiServer] = None
    """The server that is meant; when absent, the first one that speaks `protocol`, else the first."""
    protocol: Maybe[Protocol] = None
    """The protocol by which a server is chosen. Spoken are `amqp`, `http`, `kafka`, `mqtt`, `mqtt5`, `nats`, `redis` and `ws`; `validate`
    warns of others."""
    message: Maybe[AsyncApiMessage] = None
    """The message that is published."""
    subscription: Maybe[AsyncApiSubscription] = None
    """Which messages are consumed, and what is done with them."""
    authentication: Maybe[AuthenticationReference] = None
    """How the call proves who makes it: a policy, or the name of one in `use.authentications`."""


@node()
class AsyncApiCall(TaskCommon):
    """Publishes or consumes messages by an AsyncAPI document.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#asyncapi-call

    The output is the published message, or the array of the consumed ones. What was consumed is recorded before it is acknowledged.
    Protocols other than HTTP need the extra of their name where the worker runs.
    """

    KEY: ClassVar[str] = "call.asyncapi"

    call: Called
    """The protocol: here `asyncapi`."""
    with_: AsyncApiArguments
    """Where a message is published or consumed."""


@node()
class Do(TaskCommon):
    """Runs tasks one after the other.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#do

    Each task gets the output of the one before it; the output of the last one that ran is the output of all. `exit` ends only this
    list.
    """

    KEY: ClassVar[str] = "do"

    do: list[TaskEntry]
    """The tasks, in the order in which they run."""


@node()
class EmitSettings:
    """What is sent."""

    event: EmitEvent
    """The event that is sent."""


@node()
class Emit(TaskCommon):
    """Sends an event.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#emit

    The event goes to the worker's event sink (`--event-sink`), once for each visit of the task. The output is the event as it was sent.
    """

    KEY: ClassVar[str] = "emit"

    emit: EmitSettings
    """What is sent."""


@node()
class ForSettings:
    """What is iterated over."""

    in_: Expression
    """The expression that gives the array of items; it is evaluated once."""
    each: str = "item"
    """The name of the variable that holds the item."""
    at: str = "index"
    """The variable that holds the number of the item, from 0."""


@node()
class For(TaskCommon):
    """Runs tasks once for each item of a collection.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#for

    The first round gets the task's input, each further one the output of the round before; the output of the last round is the task's.
    Where there is no round, the input passes on.
    """

    KEY: ClassVar[str] = "for"

    for_: ForSettings
    """What is iterated over."""
    do: list[TaskEntry]
    """The tasks of a round."""
    while_: Maybe[Expression] = None
    """The condition under which the loop goes on, asked before each round with the round's variables."""


@node()
class ForkSettings:
    """What is run at once."""

    branches: list[TaskEntry]
    """The tasks that run side by side, each a branch of its own."""
    compete: Boolean = False
    """Whether the first branch to complete wins and the others are cancelled."""


@node()
class Fork(TaskCommon):
    """Runs tasks side by side.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#fork

    Every branch gets the task's input. The output is the array of the branches' outputs in the order in which they are written; with
    `compete`, the output of the winner. A branch that fails ends the fork; with `compete` it only drops out. What branches export is
    put together at the end in the order in which they are written. `end` in a branch ends the workflow.
    """

    KEY: ClassVar[str] = "fork"

    fork: ForkSettings
    """What is run, and how."""


@node()
class ListenSettings:
    """What is waited for."""

    to: EventStrategy
    """Which events are waited for."""
    read: Annotated[str, Word(("data", "envelope", "raw"))] = "data"
    """What of an event is kept: its decoded `data`, the whole event (`envelope`), or its data as they were sent (`raw`)."""


@node()
class Listen(TaskCommon):
    """Waits for events.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#listen

    The output is the array of what was consumed, also for one event. Events sent to a run wait in its inbox until a `listen` asks for
    them; each is consumed by one task only, and seen in the order in which they came.
    """

    KEY: ClassVar[str] = "listen"

    listen: ListenSettings
    """What is waited for."""
    foreach: Maybe[Iterator] = None
    """What is done with each event, one at a time and in order; the outputs make the task's array."""


@node()
class RaiseSettings:
    """What is raised."""

    error: Annotated[Error | Filled, TextOr("an error with 'type' and 'status', or the name of one in use.errors")]
    """The error, or the name of one in `use.errors`."""


@node()
class Raise(TaskCommon):
    """Raises an error.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#raise

    Where nobody catches it, the workflow ends as faulted.
    """

    KEY: ClassVar[str] = "raise"

    raise_: RaiseSettings
    """What is raised."""


@node()
class Set(TaskCommon):
    """Replaces the data.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#set

    Nothing of the task's input is kept unless an expression names it.
    """

    KEY: ClassVar[str] = "set"

    set: Annotated[
        Annotated[dict[str, Free], NotEmpty()] | Expression,
        TextOr("an object with at least one member, or an expression"),
    ]
    """The new data: an object with at least one member, or one expression that gives them."""


@node()
class Case:
    """A case of a switch; without `when` it is the default."""

    then: Directive
    """Where to go: `continue`, `exit`, `end`, or the name of a task in the list of the switch."""
    when: Maybe[Expression] = None
    """The condition of the case."""


@node()
class Switch(TaskCommon):
    """Goes where the first case that holds says.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#switch

    The default stands anywhere among the cases, and is taken when no other holds; where there is none, the task's own `then` applies.
    The input passes on.
    """

    KEY: ClassVar[str] = "switch"

    switch: Annotated[list[Annotated[Named[Case], OneKey("case")]], NotEmpty()]
    """The cases, each under a name, in the order in which they are asked."""


@node()
class Catch:
    """What is done about an error.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#catch

    An error that passes `errors`, `when` and `exceptWhen` is caught. It is first retried, as `retry` allows; then `do` runs, with the
    input of the `try`. Without `do` an error that `retry` was there for goes on upward; without `retry` and `do` it is over, and the
    input passes on.
    """

    errors: Maybe[CatchErrors] = None
    """Which errors are caught; every one when absent."""
    as_: str = "error"
    """The name of the variable that holds the error, in `when`, `exceptWhen`, `retry` and `do`."""
    when: Maybe[Expression] = None
    """The condition under which the error is caught."""
    except_when: Maybe[Expression] = None
    """The condition under which the error is not caught."""
    retry: Maybe[Annotated[RetryPolicy | Filled, TextOr("a retry policy, or the name of one in use.retries")]] = None
    """When and how often the tasks are tried again; or the name of a policy in `use.retries`."""
    do: Maybe[list[TaskEntry]] = None
    """The tasks that run when the error is caught and not retried; their output is the task's."""
    then: Maybe[Directive] = None
    """Where to go after `do`; the task's own `then` when absent."""


@node()
class Try(TaskCommon):
    """Runs tasks and deals with their errors.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#try

    A retry runs the whole list again, with the task's input.
    """

    KEY: ClassVar[str] = "try"

    try_: list[TaskEntry]
    """The tasks whose errors may be caught."""
    catch: Catch
    """Which errors are caught, and what is done about them."""


@node()
class Wait(TaskCommon):
    """Waits for a time.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#wait

    It is a durable timer: the run takes no memory meanwhile and may be moved to another worker. The input passes on.
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
