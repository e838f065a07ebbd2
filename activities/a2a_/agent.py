"""Agents: where one is reached, which wire version it speaks and where it wants its caller's credentials, by its card of either version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urljoin

from activities.a2a_.wire import Version
from interpreter.faults import Fault, fault
from interpreter.values import Json

_SPOKEN = "JSONRPC"

Place: TypeAlias = Literal["header", "query", "cookie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Where and how an agent is called. `version` is None where nothing says it; `key` is where an API key goes, and under which name."""

    uri: str
    version: Version | None = None
    tenant: str | None = None
    key: tuple[Place, str] | None = None


def agent_of(card: Json, address: str, shown: str) -> Agent:
    """The agent that a card, read at `address`, describes; a `configuration` fault where it is no card, or offers no JSON-RPC."""
    if not isinstance(card, dict):
        raise _no(shown, "is no agent card: it is no object")
    key = _key(card)
    for url, binding, version, tenant in _interfaces(card):
        if binding == _SPOKEN and isinstance(url, str):
            modern = not str(version).startswith("0")
            return Agent(uri=urljoin(address, url), version="1.0" if modern else "0.3", tenant=tenant, key=key)
    offered = sorted({str(binding) for _, binding, _, _ in _interfaces(card)})
    raise _no(
        shown, f"offers {', '.join(offered)}; only {_SPOKEN} is spoken" if offered else "is no agent card: it has no interface and no 'url'"
    )


def _interfaces(card: dict[str, Json]) -> Iterator[tuple[Json, Json, Json, str | None]]:
    """Address, binding, version and tenant of each interface, the preferred one first."""
    listed = card.get("supportedInterfaces")
    if isinstance(listed, list):
        for one in listed:
            if isinstance(one, dict):
                yield one.get("url"), one.get("protocolBinding"), one.get("protocolVersion", "1.0"), one.get("tenant") or None
        return
    version = card.get("protocolVersion", "0.3.0")
    if "url" in card:
        yield card["url"], card.get("preferredTransport", _SPOKEN), version, None
    more = card.get("additionalInterfaces")
    for one in more if isinstance(more, list) else ():
        if isinstance(one, dict):
            yield one.get("url"), one.get("transport"), version, None


def _key(card: dict[str, Json]) -> tuple[Place, str] | None:
    """Where the API key goes that the first of the card's requirements asks for."""
    schemes, required = card.get("securitySchemes"), card.get("securityRequirements", card.get("security"))
    if not isinstance(schemes, dict) or not isinstance(required, list) or not required or not isinstance(required[0], dict):
        return None
    for name in required[0].get("schemes", required[0]):
        scheme = schemes.get(name)
        if not isinstance(scheme, dict):
            continue
        described = scheme.get("apiKeySecurityScheme", scheme)
        if described is not scheme or scheme.get("type") == "apiKey":
            place, called = described.get("location", described.get("in")), described.get("name")
            if place in {"header", "query", "cookie"} and isinstance(called, str):
                return place, called
    return None


def _no(shown: str, why: str) -> Fault:
    return fault("configuration", f"the card at {shown} {why}")
