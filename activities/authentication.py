"""Authentication policies as what stands in an `Authorization` header.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#authentication
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple

from interpreter.faults import fault
from interpreter.values import Json, kind_of


class Authorization(NamedTuple):
    """A scheme and its parameter, as `$authorization` describes them."""

    scheme: str
    parameter: str

    @property
    def header(self) -> str:
        """The value of the header."""
        return f"{self.scheme} {self.parameter}"

    def as_json(self) -> dict[str, Json]:
        """The value of `$authorization`."""
        return self._asdict()


def authorize(policy: Json, secrets: Mapping[str, Json]) -> Authorization:
    """The credentials that a policy such as `{"basic": {"username", "password"}}` or `{"bearer": {"use": SECRET}}` leads to.

    Faults: `configuration` for a scheme this worker does not speak, `authentication` (401) where properties are missing
    or no text, whatever `secrets` raises for a secret it does not give.
    """
    match policy:
        case {"basic": properties}:
            username, password = _texts("basic", properties, ("username", "password"), secrets)
            return Authorization("Basic", b64encode(f"{username}:{password}".encode()).decode("ascii"))
        case {"bearer": properties}:
            (token,) = _texts("bearer", properties, ("token",), secrets)
            return Authorization("Bearer", token)
    named = ", ".join(policy) if isinstance(policy, dict) else kind_of(policy)
    raise fault("configuration", f"authentication by {named!r} is not supported; basic and bearer are")


def _texts(scheme: str, properties: Json, names: tuple[str, ...], secrets: Mapping[str, Json]) -> list[str]:
    where = f"the {scheme} authentication"
    if isinstance(properties, dict) and isinstance(properties.get("use"), str):
        where = f"the secret {properties['use']!r}, used as {scheme} authentication,"
        properties = secrets[properties["use"]]
    if not isinstance(properties, dict):
        raise fault("authentication", f"{where} must be an object with {' and '.join(names)}, not {kind_of(properties)}")
    for name in names:
        if not isinstance(properties.get(name), str):
            raise fault("authentication", f"{where} must have {name!r} as a text; it is {kind_of(properties.get(name))}")
    return [properties[name] for name in names]
