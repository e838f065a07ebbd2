"""How a call proves who makes it.

https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#authentication
"""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from typing_extensions import TypeAliasType

from interpreter.document.blocks import Maybe, OneOf, Template, UseOr, Word, node
from interpreter.document.model.scalars import Filled, Uri


@node()
class SecretUse:
    """Properties that stand in a secret: an object with the same members."""

    use: Filled
    """The secret's name, declared in `use.secrets`."""


@node()
class BasicProperties:
    """Credentials of the basic scheme."""

    username: Template
    """The user's name."""
    password: Template
    """The user's password."""


@node()
class BearerProperties:
    """Credentials of the bearer scheme."""

    token: Template
    """The token that is sent."""


@node()
class DigestProperties:
    """Credentials of the digest scheme."""

    username: Template
    """The user's name."""
    password: Template
    """The user's password."""


@node()
class OAuth2Client:
    """Who asks the authority for a token."""

    id: Maybe[Template] = None
    """The client's identifier; needed unless `authentication` is `none`."""
    secret: Maybe[Template] = None
    """The client's secret."""
    assertion: Maybe[Template] = None
    """A signed JWT; needed for `private_key_jwt`."""
    authentication: Annotated[str, Word(("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"))] = (
        "client_secret_post"
    )
    """How the client shows its credentials."""


@node()
class OAuth2Request:
    """How the token is asked for."""

    encoding: Annotated[str, Word(("application/x-www-form-urlencoded", "application/json"))] = "application/x-www-form-urlencoded"
    """The media type of the token request."""


@node()
class OAuth2Token:
    """A token that stands for somebody in a token exchange."""

    token: Template
    """The token itself."""
    type: Template
    """The token's type, as RFC 8693 names it."""


@node()
class OAuth2Endpoints:
    """Where the authority answers; each path is appended to `authority`."""

    token: Template = "/oauth2/token"  # noqa: S105  # a path
    """Path of the token endpoint."""
    revocation: Template = "/oauth2/revoke"
    """Path of the revocation endpoint."""
    introspection: Template = "/oauth2/introspect"
    """Path of the introspection endpoint."""


@node()
class OidcProperties:
    """How a token is obtained from an OpenID Connect authority.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#openidconnect-authentication
    """

    authority: Maybe[Uri] = None
    """The authority's address."""
    grant: Maybe[
        Annotated[
            str,
            Word(
                (
                    "authorization_code",
                    "client_credentials",
                    "password",
                    "refresh_token",
                    "urn:ietf:params:oauth:grant-type:token-exchange",
                )
            ),
        ]
    ] = None
    """The grant with which the token is asked for."""
    client: Maybe[OAuth2Client] = None
    """Who asks."""
    request: Maybe[OAuth2Request] = None
    """How it is asked for."""
    issuers: Maybe[list[Template]] = None
    """The issuers a token is accepted from."""
    scopes: Maybe[list[Template]] = None
    """The scopes asked for."""
    audiences: Maybe[list[Template]] = None
    """The audiences asked for."""
    username: Maybe[Template] = None
    """The user's name, for the password grant."""
    password: Maybe[Template] = None
    """The user's password, for the password grant."""
    subject: Maybe[OAuth2Token] = None
    """Who is acted for, in a token exchange."""
    actor: Maybe[OAuth2Token] = None
    """Who acts, in a token exchange."""


@node()
class OAuth2Properties(OidcProperties):
    """How a token is obtained from an OAuth 2.0 authority.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#oauth2-authentication
    """

    endpoints: Maybe[OAuth2Endpoints] = None
    """Where the authority answers."""


@node()
class Basic:
    """The basic scheme of HTTP."""

    KEY: ClassVar[str] = "basic"

    basic: Annotated[BasicProperties | SecretUse, UseOr()]
    """The credentials, or the secret that holds them."""


@node()
class Bearer:
    """A bearer token."""

    KEY: ClassVar[str] = "bearer"

    bearer: Annotated[BearerProperties | SecretUse, UseOr()]
    """The token, or the secret that holds it."""


@node()
class Digest:
    """The digest scheme of HTTP."""

    KEY: ClassVar[str] = "digest"

    digest: Annotated[DigestProperties | SecretUse, UseOr()]
    """The credentials, or the secret that holds them."""


@node()
class OAuth2:
    """A token of an OAuth 2.0 authority."""

    KEY: ClassVar[str] = "oauth2"

    oauth2: Annotated[OAuth2Properties | SecretUse, UseOr()]
    """How the token is obtained, or the secret that says it."""


@node()
class Oidc:
    """A token of an OpenID Connect authority."""

    KEY: ClassVar[str] = "oidc"

    oidc: Annotated[OidcProperties | SecretUse, UseOr()]
    """How the token is obtained, or the secret that says it."""


@node()
class AuthenticationUse:
    """A policy of `use.authentications`, by name."""

    KEY: ClassVar[str] = "use"

    use: Filled
    """The policy's name."""


Authentication = TypeAliasType(
    "Authentication",
    Annotated[Basic | Bearer | Digest | OAuth2 | Oidc, OneOf("an authentication policy")],
)
"""An authentication policy; the kind is the key."""

AuthenticationReference = TypeAliasType(
    "AuthenticationReference",
    Annotated[AuthenticationUse | Basic | Bearer | Digest | OAuth2 | Oidc, OneOf("an authentication policy")],
)
"""An authentication policy, or the name of one: `{use: name}`."""

Scheme: TypeAlias = Basic | Bearer | Digest | OAuth2 | Oidc
"""The policies as a plain union, for `match`."""
