"""Calls to services by HTTP, OpenAPI, gRPC, MCP and A2A, and of functions.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#call
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from interpreter.document.blocks import (
    Boolean,
    Expression,
    Free,
    ListOr,
    Maybe,
    NotEmpty,
    Says,
    Template,
    Text,
    TextOr,
    Whole,
    Word,
    node,
)
from interpreter.document.model.authentication import AuthenticationReference
from interpreter.document.model.common import TaskCommon
from interpreter.document.model.resource import Endpoint, ExternalResource
from interpreter.document.model.scalars import HOST, Duration, MapExpression

HttpOutput: TypeAlias = Annotated[str, Word(("content", "raw", "response"))]
Called: TypeAlias = Annotated[str, Says("the name of a protocol or function, whose arguments stand in 'with'")]
Parameters: TypeAlias = Annotated[Expression | dict[str, Free], TextOr("an object, or an expression that gives one")]


@node()
class HttpArguments:
    """What is sent by HTTP, and what of the answer is kept."""

    method: Template
    """The request's method, in any case."""
    endpoint: Endpoint
    """The request's address."""
    headers: Maybe[Annotated[dict[str, Template] | MapExpression, TextOr("a map of strings, or one ${ expression }")]] = None
    """The request's headers."""
    body: Maybe[Free] = None
    """The request's body; `null` where it is written so, nothing where it is absent.

    Its media type, `Content-Type` of the headers, says how it is written: JSON (where none is given), a form or `multipart/form-data` from an object, text, or bytes
    given in base64. A file in a multipart body is an object with `content` and `filename` or `contentType`.
    """
    query: Maybe[Annotated[dict[str, Free] | MapExpression, TextOr("a map, or one ${ expression }")]] = None
    """The request's query parameters."""
    output: HttpOutput = "content"
    """The task's output: the decoded body, the body in base64, or the whole response."""
    redirect: Boolean = False
    """Whether a status from 300 to 399 is a result and not an error."""


@node()
class HttpCall(TaskCommon):
    """Calls a service by HTTP.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call
    """

    KEY: ClassVar[str] = "call.http"

    call: Called
    """`http`."""
    with_: HttpArguments
    """The call's arguments."""


@node()
class OpenApiArguments:
    """Which operation is called, and with what."""

    document: ExternalResource
    """The OpenAPI document."""
    operation_id: Template
    """The operation."""
    parameters: Maybe[dict[str, Free]] = None
    """The operation's parameters, by name; `query.id` or `path.id` where several places have one of that name.

    The body is `body`, or its members by their names. An API key has the name that the document's security scheme gives it.
    `Content-Type` and `Accept` choose among the media types that the document offers.
    """
    authentication: Maybe[AuthenticationReference] = None
    """How the caller proves who it is."""
    output: HttpOutput = "content"
    """The task's output: the decoded body, the body in base64, or the whole response."""
    redirect: Boolean = False
    """Whether a status from 300 to 399 is a result and not an error."""


@node()
class OpenApiCall(TaskCommon):
    """Calls an operation of an OpenAPI document.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#openapi-call
    """

    KEY: ClassVar[str] = "call.openapi"

    call: Called
    """`openapi`."""
    with_: OpenApiArguments
    """The call's arguments."""


@node()
class GrpcService:
    """The service that is called."""

    name: Template
    """Its name in the proto file."""
    host: Annotated[str, Text("bad-value", "a host name", (HOST,))]
    """The host it runs on."""
    port: Maybe[Annotated[int, Whole(minimum=0, maximum=65535)]] = None
    """The port it listens at."""
    authentication: Maybe[AuthenticationReference] = None
    """How the caller proves who it is."""


@node()
class GrpcArguments:
    """Which method is called, and with what."""

    proto: ExternalResource
    """The proto file."""
    service: GrpcService
    """The service."""
    method: Template
    """The method."""
    arguments: Maybe[Annotated[list[Free] | dict[str, Free], ListOr("an object, or a list of objects for a stream")]] = None
    """The request message, as JSON; a list of them for a method that takes a stream."""


@node()
class GrpcCall(TaskCommon):
    """Calls a method by gRPC.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#grpc-call
    """

    KEY: ClassVar[str] = "call.grpc"

    call: Called
    """`grpc`."""
    with_: GrpcArguments
    """The call's arguments."""


@node()
class McpHttp:
    """An MCP server that is reached by HTTP."""

    endpoint: Endpoint
    """Its address."""
    headers: Maybe[dict[str, Template]] = None
    """Headers sent with every request."""


@node()
class McpStdio:
    """An MCP server that is started as a process."""

    command: Template
    """The command that starts it."""
    arguments: Maybe[list[Template]] = None
    """Arguments of the command."""
    environment: Maybe[dict[str, Template]] = None
    """Environment variables."""


@node()
class McpTransport:
    """How an MCP server is reached: exactly one of the two ways."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("http", "stdio"),)

    http: Maybe[McpHttp] = None
    """By HTTP."""
    stdio: Maybe[McpStdio] = None
    """As a process."""
    options: Maybe[dict[str, Template]] = None
    """Options of the transport."""


@node()
class McpClient:
    """What the caller says of itself."""

    name: str
    """Its name."""
    version: str
    """Its version."""


@node()
class McpArguments:
    """Which method of an MCP server is called, and with what."""

    method: Annotated[
        str,
        Word(("tools/list", "tools/call", "prompts/list", "prompts/get", "resources/list", "resources/read", "resources/templates/list")),
    ]
    """The method."""
    transport: McpTransport
    """How the server is reached."""
    protocol_version: str = "2025-06-18"
    """The version of the protocol."""
    parameters: Maybe[Parameters] = None
    """The method's parameters."""
    timeout: Maybe[Duration] = None
    """How long the call may take."""
    client: Maybe[McpClient] = None
    """What the caller says of itself."""


@node()
class McpCall(TaskCommon):
    """Calls a server by the Model Context Protocol.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#mcp-call
    """

    KEY: ClassVar[str] = "call.mcp"

    call: Called
    """`mcp`."""
    with_: McpArguments
    """The call's arguments."""


@node()
class A2aArguments:
    """Which method of an agent is called, and with what."""

    AT_LEAST_ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("agentCard", "server"),)

    method: Annotated[
        str,
        Word(
            (
                "message/send",
                "message/stream",
                "tasks/get",
                "tasks/list",
                "tasks/cancel",
                "tasks/resubscribe",
                "tasks/pushNotificationConfig/set",
                "tasks/pushNotificationConfig/get",
                "tasks/pushNotificationConfig/list",
                "tasks/pushNotificationConfig/delete",
                "agent/getAuthenticatedExtendedCard",
            )
        ),
    ]
    """The method."""
    agent_card: Maybe[ExternalResource] = None
    """The agent's card; it wins over `server`."""
    server: Maybe[Endpoint] = None
    """The agent's address."""
    parameters: Maybe[
        Annotated[
            Expression | Annotated[dict[str, Free], NotEmpty()],
            TextOr("an object with at least one member, or an expression that gives one"),
        ]
    ] = None
    """The method's parameters."""


@node()
class A2aCall(TaskCommon):
    """Calls an agent by the Agent2Agent protocol.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#a2a-call
    """

    KEY: ClassVar[str] = "call.a2a"

    call: Called
    """`a2a`."""
    with_: A2aArguments
    """The call's arguments."""


@node()
class FunctionCall(TaskCommon):
    """Calls a function: one of `use.functions`, one of a catalog, or one that stands at a URL."""

    KEY: ClassVar[str] = "call.function"

    call: Called
    """The function."""
    with_: Maybe[dict[str, Free]] = None
    """The function's arguments."""
