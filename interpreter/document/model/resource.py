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

    Where there is nothing to say but the address, it may stand alone, as a text.
    """

    uri: Uri
    """The address: an absolute URI, a URI template such as `https://example.com/{id}`, or one expression."""
    authentication: Maybe[AuthenticationReference] = None
    """How the call proves who makes it: a policy, or the name of one in `use.authentications`."""


Endpoint: TypeAlias = Annotated[EndpointParts | Uri, TextOr("a URI, a ${ expression }, or an object with 'uri'")]


def uri_at(endpoint: Endpoint) -> str:
    """The address of an endpoint, in either form, as it is written."""
    return endpoint.uri if isinstance(endpoint, EndpointParts) else endpoint


@node()
class ExternalResource:
    """Something that stands elsewhere and is fetched.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#external-resource

    It is fetched once for a run. A `file:` address is a file beside the document, which the command line reads and the run carries
    along.
    """

    endpoint: Endpoint
    """Where the resource stands."""
    name: Maybe[str] = None
    """A name for the resource, for people."""


@node()
class InlineSchema:
    """A schema written in the document."""

    KEY: ClassVar[str] = "document"

    document: Any
    """The schema itself; JSON Schema of draft 2020-12, unless its `$schema` names another."""
    format: str = "json"
    """The language of the schema, as `name` or `name:version`; `validate` warns of all but `json`."""


@node()
class ExternalSchema:
    """A schema that is fetched."""

    KEY: ClassVar[str] = "resource"

    resource: ExternalResource
    """Where the schema stands."""
    format: str = "json"
    """The language of the schema, as `name` or `name:version`; `validate` warns of all but `json`."""


Schema = TypeAliasType("Schema", Annotated[InlineSchema | ExternalSchema, OneOf("a schema")])
"""What data must look like; https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schema"""

Shaping: TypeAlias = Annotated[Expression | dict[str, Free], TextOr("an expression, or an object whose texts may hold ${ } expressions")]


@node()
class Input:
    """What goes in: checked, then shaped.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#input
    """

    schema: Maybe[Schema] = None
    """What the raw input must look like; other data fails with an error of type `validation`."""
    from_: Maybe[Shaping] = None
    """What becomes of the raw input: an expression, or an object whose texts may hold some; it stays as it is when absent."""


@node()
class Output:
    """What comes out: shaped, then checked.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#output
    """

    schema: Maybe[Schema] = None
    """What the output must look like; other data fails with an error of type `validation`."""
    as_: Maybe[Shaping] = None
    """What becomes of the raw output: an expression, or an object whose texts may hold some; it stays as it is when absent."""


@node()
class Export:
    """What the task leaves in the context.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#export
    """

    schema: Maybe[Schema] = None
    """What the new context must look like; another one fails with an error of type `validation`."""
    as_: Maybe[Shaping] = None
    """The new context, made of the task's output: an expression, or an object whose texts may hold some. It replaces the old one, which is
    `$context`."""
