"""Addresses, external resources and schemas."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from typing_extensions import TypeAliasType

from interpreter.document.blocks import Expression, Free, Maybe, OneOf, TextOr, node
from interpreter.document.model.authentication import AuthenticationReference
from interpreter.document.model.scalars import Uri


@node()
class EndpointParts:
    """An address with what is needed to be let in.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#endpoint
    """

    uri: Uri
    """The address: a URI, a URI template or an expression."""
    authentication: Maybe[AuthenticationReference] = None
    """How the caller proves who it is."""


Endpoint: TypeAlias = Annotated[EndpointParts | Uri, TextOr("a URI, a ${ expression }, or an object with 'uri'")]


def uri_at(endpoint: Endpoint) -> str:
    """The address of an endpoint, in either form, as it is written."""
    return endpoint.uri if isinstance(endpoint, EndpointParts) else endpoint


@node()
class ExternalResource:
    """Something that stands elsewhere and is fetched.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource
    """

    endpoint: Endpoint
    """Where it stands."""
    name: Maybe[str] = None
    """What it is called."""


@node()
class InlineSchema:
    """A schema written in the document."""

    KEY: ClassVar[str] = "document"

    document: Any
    """The schema itself."""
    format: str = "json"
    """The language of the schema, as `name` or `name:version`."""


@node()
class ExternalSchema:
    """A schema that is fetched."""

    KEY: ClassVar[str] = "resource"

    resource: ExternalResource
    """Where the schema stands."""
    format: str = "json"
    """The language of the schema, as `name` or `name:version`."""


Schema = TypeAliasType("Schema", Annotated[InlineSchema | ExternalSchema, OneOf("a schema")])
"""What data must look like; https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schema"""

Shaping: TypeAlias = Annotated[Expression | dict[str, Free], TextOr("an expression, or an object whose texts may hold ${ } expressions")]


@node()
class Input:
    """What goes in: checked, then shaped.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#input
    """

    schema: Maybe[Schema] = None
    """What the raw input must look like."""
    from_: Maybe[Shaping] = None
    """How the raw input becomes the input."""


@node()
class Output:
    """What comes out: shaped, then checked.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#output
    """

    schema: Maybe[Schema] = None
    """What the output must look like."""
    as_: Maybe[Shaping] = None
    """How the raw output becomes the output."""


@node()
class Export:
    """What the task leaves in the context.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#export
    """

    schema: Maybe[Schema] = None
    """What the new context must look like."""
    as_: Maybe[Shaping] = None
    """The new context, computed from the task's output; it replaces the old one."""
