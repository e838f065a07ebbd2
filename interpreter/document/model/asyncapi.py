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
    """Its name."""
    variables: Maybe[dict[str, Free]] = None
    """Its variables."""


@node()
class AsyncApiMessage:
    """A message to be published."""

    payload: Maybe[dict[str, Free]] = None
    """What it says."""
    headers: Maybe[dict[str, Free]] = None
    """Its headers."""


@node()
class ConsumeAmount:
    """Consumes a number of messages."""

    KEY: ClassVar[str] = "amount"

    amount: Integer
    """The number."""
    for_: Maybe[Duration] = None
    """How long at most."""


@node()
class ConsumeWhile:
    """Consumes messages as long as a condition holds."""

    KEY: ClassVar[str] = "while"

    while_: WholeExpression
    """The condition."""
    for_: Maybe[Duration] = None
    """How long at most."""


@node()
class ConsumeUntil:
    """Consumes messages until a condition holds."""

    KEY: ClassVar[str] = "until"

    until: WholeExpression
    """The condition."""
    for_: Maybe[Duration] = None
    """How long at most."""


Consume: TypeAlias = Annotated[ConsumeAmount | ConsumeWhile | ConsumeUntil, OneOf("a policy of consumption")]
