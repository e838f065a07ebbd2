"""Parts of a call by AsyncAPI; the call itself stands in `task`, as it may hold tasks.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#asyncapi-call
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from interpreter.document.blocks import Free, Integer, Maybe, OneOf, Word, node
from interpreter.document.model.scalars import Duration, WholeExpression

Protocol: TypeAlias = Annotated[
    str,
    Word(
        (
            "amqp",
            "amqp1",
            "anypointmq",
            "googlepubsub",
            "http",
            "ibmmq",
            "jms",
            "kafka",
            "mercure",
            "mqtt",
            "mqtt5",
            "nats",
            "pulsar",
            "redis",
            "sns",
            "solace",
            "sqs",
            "stomp",
            "ws",
        )
    ),
]


@node()
class AsyncApiServer:
    """One of the servers of an AsyncAPI document."""

    name: str
    """The name of the server in the AsyncAPI document."""
    variables: Maybe[dict[str, Free]] = None
    """Values of the variables in the server's address, by name."""


@node()
class AsyncApiMessage:
    """A message to be published."""

    payload: Maybe[dict[str, Free]] = None
    """What the message says."""
    headers: Maybe[dict[str, Free]] = None
    """The headers of the message, by name."""


@node()
class ConsumeAmount:
    """Consumes a number of messages."""

    KEY: ClassVar[str] = "amount"

    amount: Integer
    """How many messages are consumed."""
    for_: Maybe[Duration] = None
    """How long messages are consumed at most; what has come by then is the output."""


@node()
class ConsumeWhile:
    """Consumes messages as long as a condition holds."""

    KEY: ClassVar[str] = "while"

    while_: WholeExpression
    """The condition under which consuming goes on, asked after each message; `.` is the array of the messages so far."""
    for_: Maybe[Duration] = None
    """How long messages are consumed at most; what has come by then is the output."""


@node()
class ConsumeUntil:
    """Consumes messages until a condition holds."""

    KEY: ClassVar[str] = "until"

    until: WholeExpression
    """The condition under which consuming ends, asked before the first and after each message; `.` is the array of the messages so far."""
    for_: Maybe[Duration] = None
    """How long messages are consumed at most; what has come by then is the output."""


Consume: TypeAlias = Annotated[ConsumeAmount | ConsumeWhile | ConsumeUntil, OneOf("a policy of consumption")]
