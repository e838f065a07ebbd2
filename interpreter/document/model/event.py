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
    """The event's identifier."""
    source: Maybe[Uri] = None
    """Where the event comes from."""
    type: Maybe[Template] = None
    """What kind of event it is."""
    time: Maybe[Timestamp] = None
    """When it happened."""
    subject: Maybe[Template] = None
    """What it is about."""
    datacontenttype: Maybe[Template] = None
    """The media type of `data`."""
    dataschema: Maybe[Uri] = None
    """The schema that `data` adheres to."""
    data: Maybe[Free] = None
    """What the event says."""


@node(extra="ignore")
class EventAttributes(FilterAttributes):
    """Attributes of a CloudEvent to be sent; `id`, `time` and `specversion` are made where they are not given."""

    source: Uri
    """Where the event comes from."""
    type: Template
    """What kind of event it is."""


@node(extra="ignore")
class EmitEvent:
    """The event to be sent."""

    with_: Annotated[dict[str, Free], ReadAs(EventAttributes)]
    """The event's attributes, raw."""


@node(extra="ignore")
class Correlation:
    """A key by which events are told to belong together."""

    from_: Expression
    """The key, computed from the event."""
    expect: Maybe[Template] = None
    """What the key must be; when absent, the first value seen."""


@node()
class EventFilter:
    """Which events are meant.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#event-filter
    """

    with_: Annotated[dict[str, Free], ReadAs(FilterAttributes), NotEmpty()]
    """What the attributes must be: constants, regular expressions or expressions; raw."""
    correlate: Maybe[dict[str, Correlation]] = None
    """Keys that the events must share, by name."""


@node()
class AllEvents:
    """Waits until each filter has found its event."""

    KEY: ClassVar[str] = "all"

    all: list[EventFilter]
    """The filters, each to be met once."""


@node()
class AnyEvent:
    """Waits for an event that any filter lets through; with `until` it goes on collecting."""

    KEY: ClassVar[str] = "any"

    any: list[EventFilter]
    """The filters; an empty list lets every event through."""
    until: Maybe[Annotated[Expression | EventStrategy, TextOr("an expression, or the events that end it")]] = None
    """When collecting ends: an expression on the list so far, or a strategy without an `until` of its own."""


@node()
class OneEvent:
    """Waits for one event."""

    KEY: ClassVar[str] = "one"

    one: EventFilter
    """The filter."""


EventStrategy = TypeAliasType("EventStrategy", Annotated[AllEvents | AnyEvent | OneEvent, OneOf("a strategy")])
"""Which events are waited for."""
