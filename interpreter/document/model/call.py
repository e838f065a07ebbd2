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
    """The method of the request, in any case."""
    endpoint: Endpoint
    """The address that is called; a URI template such as `https://example.com/pets/{petId}` takes its variables from the task's input."""
    headers: Maybe[Annotated[dict[str, Template] | MapExpression, TextOr("a map of strings, or one ${ expression }")]] = None
    """Headers of the request, by name; or one expression that gives them."""
    body: Maybe[Free] = None
    """The request's body; `null` where it is written so, nothing where it is absent.

    Its media type, `Content-Type` of the headers, says how it is written: JSON (where none is given), a form or `multipart/form-data` from an object, text, or bytes
    given in base64. A file in a multipart body is an object with `content` and `filename` or `contentType`.
    """
    query: Maybe[Annotated[dict[str, Free] | MapExpression, TextOr("a map, or one ${ expression }")]] = None
    """Query parameters, by name, added to those of the address; or one expression that gives them."""
    output: HttpOutput = "content"
    """What the task puts out: the decoded body (`content`), the body in base64 (`raw`), or an object with `request`, `statusCode`,
    `headers` and `content` (`response`)."""
    redirect: Boolean = False
    """Whether a status from 300 to 399 is a result; otherwise it is a `communication` error, as any other outside 200 to 299 is. Redirects
    are never followed."""


@node()
class HttpCall(TaskCommon):
    """Calls a service by HTTP.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#http-call

    An answer outside 200 to 299 is a `communication` error with the answer's status, and so is a peer that cannot be reached or takes
    longer than 30 seconds; a task's `timeout` says otherwise. Every attempt of a call carries the same `Idempotency-Key`.
    """

    KEY: ClassVar[str] = "call.http"

    call: Called
    """The protocol: here `http`."""
    with_: HttpArguments
    """What is sent, and what of the answer is kept."""


@node()
class OpenApiArguments:
    """Which operation is called, and with what."""

    document: ExternalResource
    """The OpenAPI (or Swagger 2.0) document that describes the service."""
    operation_id: Template
    """The `operationId` of the operation that is called."""
    parameters: Maybe[dict[str, Free]] = None
    """The operation's parameters, by name; `query.id` or `path.id` where several places have one of that name.

    The body is `body`, or its members by their names. An API key has the name that the document's security scheme gives it.
    `Content-Type` and `Accept` choose among the media types that the document offers.
    """
    authentication: Maybe[AuthenticationReference] = None
    """How the call proves who makes it: a policy, or the name of one in `use.authentications`."""
    output: HttpOutput = "content"
    """What the task puts out: the decoded body (`content`), the body in base64 (`raw`), or an object with `request`, `statusCode`,
    `headers` and `content` (`response`)."""
    redirect: Boolean = False
    """Whether a status from 300 to 399 is a result; otherwise it is a `communication` error, as any other outside 200 to 299 is. Redirects
    are never followed."""


@node()
class OpenApiCall(TaskCommon):
    """Calls an operation of an OpenAPI document.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#openapi-call

    An answer outside 200 to 299 is a `communication` error with the answer's status, and so is a peer that cannot be reached or takes
    longer than 30 seconds; a task's `timeout` says otherwise. Every attempt of a call carries the same `Idempotency-Key`.
    """

    KEY: ClassVar[str] = "call.openapi"

    call: Called
    """The protocol: here `openapi`."""
    with_: OpenApiArguments
    """Which operation is called, and with what."""


@node()
class GrpcService:
    """The service that is called."""

    name: Template
    """The full name of the service in the proto file, package included."""
    host: Annotated[str, Text("bad-value", "a host name", (HOST,))]
    """The host that the service runs on."""
    port: Maybe[Annotated[int, Whole(minimum=0, maximum=65535)]] = None
    """The port that the service listens at; 443 when absent. The connection is encrypted at 443 and nowhere else, unless the hint
    `grpc.tls` says otherwise."""
    authentication: Maybe[AuthenticationReference] = None
    """How the call proves who makes it: a policy, or the name of one in `use.authentications`."""


@node()
class GrpcArguments:
    """Which method is called, and with what."""

    proto: ExternalResource
    """The proto file that describes the service; it is compiled as it comes, with the files that it imports from beneath its own folder."""
    service: GrpcService
    """The service, and where it runs."""
    method: Template
    """The method that is called."""
    arguments: Maybe[Annotated[list[Free] | dict[str, Free], ListOr("an object, or a list of objects for a stream")]] = None
    """The request message as JSON; a list of messages for a method that takes a stream."""


@node()
class GrpcCall(TaskCommon):
    """Calls a method by gRPC.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#grpc-call

    The output is the answer as JSON, an array of answers for a method that gives a stream. A status other than OK is a `communication`
    error with the nearest HTTP status. It needs the extra `grpc` where the worker runs.
    """

    KEY: ClassVar[str] = "call.grpc"

    call: Called
    """The protocol: here `grpc`."""
    with_: GrpcArguments
    """Which method is called, and with what."""


@node()
class McpHttp:
    """An MCP server that is reached by HTTP."""

    endpoint: Endpoint
    """The address of the MCP server."""
    headers: Maybe[dict[str, Template]] = None
    """Headers that are sent with every request, by name."""


@node()
class McpStdio:
    """An MCP server that is started as a process for the call, and ended with it; it gets nothing of the worker's environment."""

    command: Template
    """The program that is started; a worker's policy must allow it."""
    arguments: Maybe[list[Template]] = None
    """Arguments of the program, one by one."""
    environment: Maybe[dict[str, Template]] = None
    """Environment variables of the program, by name."""


@node()
class McpTransport:
    """How an MCP server is reached: exactly one of the two ways."""

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("http", "stdio"),)

    http: Maybe[McpHttp] = None
    """The server is reached by HTTP."""
    stdio: Maybe[McpStdio] = None
    """The server is started as a process."""
    options: Maybe[dict[str, Template]] = None
    """Options of the transport, by name; none is known, so they change nothing."""


@node()
class McpClient:
    """What the caller says of itself."""

    name: str
    """The name of the caller."""
    version: str
    """The version of the caller."""


@node()
class McpArguments:
    """Which method of an MCP server is called, and with what."""

    method: Annotated[
        str,
        Word(("tools/list", "tools/call", "prompts/list", "prompts/get", "resources/list", "resources/read", "resources/templates/list")),
    ]
    """The method of the protocol that is called."""
    transport: McpTransport
    """How the server is reached."""
    protocol_version: str = "2025-06-18"
    """The version of the protocol that the caller offers."""
    parameters: Maybe[Parameters] = None
    """The method's parameters: an object, or an expression that gives one."""
    timeout: Maybe[Duration] = None
    """How long the call may take."""
    client: Maybe[McpClient] = None
    """What the caller says of itself; this product's name and version when absent."""


@node()
class McpCall(TaskCommon):
    """Calls a server by the Model Context Protocol.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#mcp-call

    The output is the result as the server gave it; a tool that failed is a `runtime` error.
    """

    KEY: ClassVar[str] = "call.mcp"

    call: Called
    """The protocol: here `mcp`."""
    with_: McpArguments
    """Which method is called, and with what."""


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
    """The method of the protocol that is called, by its name in version 0.x."""
    agent_card: Maybe[ExternalResource] = None
    """The agent's card, which says where the agent answers and how; it wins over `server`."""
    server: Maybe[Endpoint] = None
    """The address of the agent, where there is no card."""
    parameters: Maybe[
        Annotated[
            Expression | Annotated[dict[str, Free], NotEmpty()],
            TextOr("an object with at least one member, or an expression that gives one"),
        ]
    ] = None
    """The method's parameters: an object, or an expression that gives one."""


@node()
class A2aCall(TaskCommon):
    """Calls an agent by the Agent2Agent protocol.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#a2a-call

    The output is the result as the agent gave it, an array of what came for a method that streams. Agents of the wire versions 0.x and
    1.0 are spoken to, each in its own words.
    """

    KEY: ClassVar[str] = "call.a2a"

    call: Called
    """The protocol: here `a2a`."""
    with_: A2aArguments
    """Which method is called, and with what."""


@node()
class FunctionCall(TaskCommon):
    """Calls a function: one of `use.functions`, one of a catalog, or one that stands at a URL.

    https://github.com/serverlessworkflow/specification/blob/main/dsl.md#using-a-custom-function

    The function is a task; it sees its arguments as input and `$context`, but none of its caller's variables. The catalog `default`
    comes with the product: `log`, `map`, `activity` and `python`.
    """

    KEY: ClassVar[str] = "call.function"

    call: Called
    """The name of a function in `use.functions`, `name:version@catalog`, or the URL of a function's document."""
    with_: Maybe[dict[str, Free]] = None
    """The input of the function; the call's own input when absent."""
