"""Messages as documents see them (`payload`, `headers`, `correlationId`), and as they travel.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#asyncapi-inbound-message
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from activities.asyncapi.site import Site
from activities.http.content import is_json
from activities.reading import parsed
from interpreter.faults import fault
from interpreter.values import Json, encode, lookup

_PLACES = {"$message.header": "headers", "$message.payload": "payload"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message on its way to a server."""

    body: bytes
    content_type: str
    headers: Mapping[str, Json]
    correlation: str | None
    key: str
    """The idempotency key; goes along wherever the protocol has a place for it."""

    @property
    def texts(self) -> dict[str, str]:
        """The headers as text, without those that are null."""
        return {name: value if isinstance(value, str) else encode(value) for name, value in self.headers.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that came. `receipt` is what the server has to be told when it is settled, as JSON; null where there is nothing to tell."""

    body: bytes
    headers: Mapping[str, Json] = field(default_factory=dict)
    content_type: str | None = None
    correlation: str | None = None
    receipt: Json = None


def outgoing(site: Site, message: Json) -> Outgoing:
    """A document's `{payload?, headers?}` as it travels: JSON, whatever `+json` type the AsyncAPI document names."""
    if not is_json(site.content_type):
        raise site.misfit(f"messages of type {site.content_type!r} cannot be written; JSON can")
    body = encode(message["payload"]).encode("utf-8", "replace") if "payload" in message else b""
    correlation = found_at(site.correlation, message)
    return Outgoing(
        body=body,
        content_type=site.content_type,
        headers=message.get("headers") or {},
        correlation=None if correlation is None else _as_text(correlation),
        key=site.key,
    )


def headless(site: Site, message: Outgoing, cure: str = "") -> None:
    """A `configuration` fault where a message has headers and the protocol has none."""
    if message.texts:
        raise fault(
            "configuration", f"{site.shown}: messages have no headers here, and one with {', '.join(message.texts)} was to be sent{cure}"
        )


def incoming(site: Site, message: Incoming) -> dict[str, Json]:
    """A message that came, as documents see it: what is not what it says it is comes as text, or in base64 where it is no text either."""
    seen: dict[str, Json] = {"payload": _payload(message.body, message.content_type or site.content_type), "headers": dict(message.headers)}
    correlation = found_at(site.correlation, seen)
    correlation = message.correlation if correlation is None else correlation
    return seen if correlation is None else {**seen, "correlationId": _as_text(correlation)}


def found_at(location: str | None, message: Json) -> Json:
    """What stands in a message at a location such as `$message.header#/correlationId`; null where there is nothing.

    Spec: https://www.asyncapi.com/docs/reference/specification/v3.0.0#runtimeExpression
    """
    place, _, pointer = (location or "").partition("#")
    if place not in _PLACES:
        return None
    try:
        return lookup(message.get(_PLACES[place]), pointer)
    except KeyError:
        return None


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else encode(value)


def _payload(body: bytes, content_type: str) -> Json:
    if not body:
        return None
    try:
        return parsed(body) if is_json(content_type) else _text(body)
    except ValueError:
        return _text(body)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return b64encode(body).decode("ascii")
