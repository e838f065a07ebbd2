"""Events: what is sent, and what is waited for.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#event-consumption-strategy
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from typing_extensions import TypeAliasType

from interpreter.document.blocks import Expression, Free, Marked, Maybe, NotEmpty, OneOf, ReadAs, Template, Text, TextOr, node
from interpreter.document.model.scalars import EXPRESSION, TIMESTAMP, Uri

Timestamp: TypeAlias = Annotated[
    str, Marked(), Text("bad-value", "a time such as 2026-01-31T12:00:00Z, or a ${ expression }", (TIMESTAMP, EXPRESSION))
]


@node(extra="ignore")
class FilterAttributes:
    """Attributes of a CloudEvent that a filter may ask for; extension attributes may stand beside them."""

    id: Maybe[Template] = None
    """The identifier of the event."""
    source: Maybe[Uri] = None
    """Where the event comes from, as an absolute URI."""
    type: Maybe[Template] = None
    """The kind of the event."""
    time: Maybe[Timestamp] = None
    """The time at which the event happened."""
    subject: Maybe[Template] = None
    """What the event is about."""
    datacontenttype: Maybe[Template] = None
    """The media type of `data`."""
    dataschema: Maybe[Uri] = None
    """The schema that `data` adheres to, as an absolute URI."""
    data: Maybe[Free] = None
    """What the event says."""


@node(extra="ignore")
class EventAttributes(FilterAttributes):
    """Attributes of a CloudEvent to be sent; `id`, `time` and `specversion` are made where they are not given."""

    source: Uri
    """Where the event comes from, as an absolute URI."""
    type: Template
    """The kind of the event."""


@node(extra="ignore")
class EmitEvent:
    """The event to be sent."""

    with_: Annotated[dict[str, Free], ReadAs(EventAttributes)]
    """The attributes of the event; an `id` and the `time` are made where there is none."""


@node(extra="ignore")
class Correlation:
    """A key that events share which belong together."""

    from_: Expression
    """The key of an event; `.` is the whole event."""
    expect: Maybe[Template] = None
    """What the key must be: a constant, or an expression on the task's input; when absent, what the first event has."""


@node()
class EventFilter:
    """Which events are meant.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#event-filter

    Every attribute that is given must fit: as a constant, as a regular expression for the whole text, or as an expression on the
    attribute, `.`, that must hold. An event on which an expression fails does not fit.
    """

    with_: Annotated[dict[str, Free], ReadAs(FilterAttributes), NotEmpty()]
    """What the attributes of the event must be."""
    correlate: Maybe[dict[str, Correlation]] = None
    """Keys that all events of the task must share, by name."""


@node()
class AllEvents:
    """Waits until each filter has found an event of its own."""

    KEY: ClassVar[str] = "all"

    all: list[EventFilter]
    """The filters, in the order in which they are asked."""


@node()
class AnyEvent:
    """Waits for one event that any filter lets through; with `until` it goes on consuming."""

    KEY: ClassVar[str] = "any"

    any: list[EventFilter]
    """The filters; an empty list lets every event through."""
    until: Maybe[Annotated[Expression | EventStrategy, TextOr("an expression, or the events that end it")]] = None
    """When consuming ends: an expression on the array of what was consumed so far, asked after each event, or another strategy, whose
    events are not part of the output."""


@node()
class OneEvent:
    """Waits for one event."""

    KEY: ClassVar[str] = "one"

    one: EventFilter
    """The filter that the event must pass."""


EventStrategy = TypeAliasType("EventStrategy", Annotated[AllEvents | AnyEvent | OneEvent, OneOf("a strategy")])
"""Which events are waited for."""
