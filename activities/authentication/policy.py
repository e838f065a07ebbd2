"""From an authentication policy to credentials.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#authentication
"""

from __future__ import annotations

import re
from base64 import b64encode

from activities.authentication.authorization import Authorization
from activities.authentication.tokens import Tokens
from activities.http.digest import Digest
from activities.redact import Redaction
from activities.secrets import Secrets
from interpreter.faults import fault
from interpreter.values import Json, kind_of

_NOT_TO_SEND = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


async def authorize(policy: Json, secrets: Secrets, tokens: Tokens, redaction: Redaction) -> Authorization:
    """The credentials that a policy such as `{"basic": {"username", "password"}}` or `{"bearer": {"use": SECRET}}` leads to.

    `redaction` learns what is made of them. Faults: `configuration` for a scheme that is none of the language's, `authentication`
    (401) where properties are missing or no text and where there is no token, whatever `secrets` raises for a secret it does not give.
    """
    match policy:
        case {"basic": properties}:
            username, password = _texts(*await _given("basic", properties, secrets), ("username", "password"))
            found = Authorization("Basic", b64encode(f"{username}:{password}".encode()).decode("ascii"))
        case {"bearer": properties}:
            (token,) = _texts(*await _given("bearer", properties, secrets), ("token",))
            found = Authorization("Bearer", token)
        case {"digest": properties}:
            username, password = _texts(*await _given("digest", properties, secrets), ("username", "password"))
            redaction.hide(password)
            found = Authorization("Digest", "", Digest(username, password, redaction.hide))
        case {"oauth2": properties}:
            found = await tokens.authorization("oauth2", *await _given("oauth2", properties, secrets))
        case {"oidc": properties}:
            found = await tokens.authorization("oidc", *await _given("oidc", properties, secrets))
        case _:
            named = ", ".join(policy) if isinstance(policy, dict) else kind_of(policy)
            raise fault("configuration", f"authentication by {named!r} is not supported; basic, bearer, digest, oauth2 and oidc are")
    redaction.hide(found.parameter)
    return found


async def _given(scheme: str, properties: Json, secrets: Secrets) -> tuple[Json, str]:
    """The properties, or those in the secret that they name; and what people call them."""
    if isinstance(properties, dict) and isinstance(properties.get("use"), str):
        return await secrets.value(properties["use"]), f"the secret {properties['use']!r}, used as {scheme} authentication,"
    return properties, f"the {scheme} authentication"


def _texts(properties: Json, where: str, names: tuple[str, ...]) -> list[str]:
    if not isinstance(properties, dict):
        raise fault("authentication", f"{where} must be an object with {' and '.join(names)}, not {kind_of(properties)}")
    for name in names:
        if not isinstance(properties.get(name), str):
            raise fault("authentication", f"{where} must have {name!r} as a text; it is {kind_of(properties.get(name))}")
        if _NOT_TO_SEND.search(properties[name]):
            raise fault("authentication", f"{where} has a line break or another character in {name!r} that cannot be sent")
    return [properties[name] for name in names]
