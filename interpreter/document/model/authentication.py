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
    """The name of the secret, declared in `use.secrets`; it is an object with the same members."""


@node()
class BasicProperties:
    """Credentials of the basic scheme."""

    username: Template
    """The name of the user."""
    password: Template
    """The password of the user."""


@node()
class BearerProperties:
    """Credentials of the bearer scheme."""

    token: Template
    """The token that is sent."""


@node()
class DigestProperties:
    """Credentials of the digest scheme."""

    username: Template
    """The name of the user."""
    password: Template
    """The password of the user."""


@node()
class OAuth2Client:
    """Who asks the authority for a token."""

    id: Maybe[Template] = None
    """The identifier of the client; needed unless `authentication` is `none`."""
    secret: Maybe[Template] = None
    """The secret of the client."""
    assertion: Maybe[Template] = None
    """For `private_key_jwt`: a signed JWT, or the private key that signs one."""
    authentication: Annotated[str, Word(("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"))] = (
        "client_secret_post"
    )
    """How the client shows its credentials to the authority."""


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
    """The address of the authority."""
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
    """The grant by which the token is asked for; `validate` warns of `authorization_code`, for which somebody has to sign in."""
    client: Maybe[OAuth2Client] = None
    """Who asks for the token."""
    request: Maybe[OAuth2Request] = None
    """How the token is asked for."""
    issuers: Maybe[list[Template]] = None
    """The only issuers that tokens are accepted from; any when absent."""
    scopes: Maybe[list[Template]] = None
    """The scopes that are asked for."""
    audiences: Maybe[list[Template]] = None
    """The audiences that are asked for."""
    username: Maybe[Template] = None
    """The name of the user, for the grant `password`."""
    password: Maybe[Template] = None
    """The password of the user, for the grant `password`."""
    subject: Maybe[OAuth2Token] = None
    """Whom the token stands for in a token exchange; of `refresh_token` the refresh token."""
    actor: Maybe[OAuth2Token] = None
    """Who acts in the subject's place, in a token exchange."""


@node()
class OAuth2Properties(OidcProperties):
    """How a token is obtained from an OAuth 2.0 authority.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#oauth2-authentication
    """

    endpoints: Maybe[OAuth2Endpoints] = None
    """Where the authority answers, where that is not the usual."""


@node()
class Basic:
    """The basic scheme of HTTP.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#basic-authentication
    """

    KEY: ClassVar[str] = "basic"

    basic: Annotated[BasicProperties | SecretUse, UseOr()]
    """The credentials, or the secret that holds them."""


@node()
class Bearer:
    """A token that is sent with every request.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#bearer-authentication
    """

    KEY: ClassVar[str] = "bearer"

    bearer: Annotated[BearerProperties | SecretUse, UseOr()]
    """The token, or the secret that holds it."""


@node()
class Digest:
    """The digest scheme of HTTP.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#digest-authentication
    """

    KEY: ClassVar[str] = "digest"

    digest: Annotated[DigestProperties | SecretUse, UseOr()]
    """The credentials, or the secret that holds them."""


@node()
class OAuth2:
    """A token of an OAuth 2.0 authority.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#oauth2-authentication
    """

    KEY: ClassVar[str] = "oauth2"

    oauth2: Annotated[OAuth2Properties | SecretUse, UseOr()]
    """How the token is obtained, or the secret that says it."""


@node()
class Oidc:
    """A token of an OpenID Connect authority.

    https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#openidconnect-authentication
    """

    KEY: ClassVar[str] = "oidc"

    oidc: Annotated[OidcProperties | SecretUse, UseOr()]
    """How the token is obtained, or the secret that says it."""


@node()
class AuthenticationUse:
    """A policy of `use.authentications`, by name."""

    KEY: ClassVar[str] = "use"

    use: Filled
    """The name of the policy in `use.authentications`."""


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
