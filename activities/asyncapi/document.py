"""Reads of an AsyncAPI document, 2.x or 3.x, what one call needs.

Spec: https://www.asyncapi.com/docs/reference/specification/v3.0.0 and https://www.asyncapi.com/docs/reference/specification/v2.6.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from activities.asyncapi.message import found_at
from activities.openapi.node import Node
from interpreter.faults import fault
from interpreter.values import Json, kind_of

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.\-]*://)?(?:[^@/]*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^:/?#]+)(?::(?P<port>\d+))?(?P<path>/[^?#]*)?"
)

_SPOKEN = {
    "http": ("http", False),
    "https": ("http", True),
    "ws": ("ws", False),
    "wss": ("ws", True),
    "kafka": ("kafka", False),
    "kafka-secure": ("kafka", True),
    "nats": ("nats", False),
    "tls": ("nats", True),
    "amqp": ("amqp", False),
    "amqps": ("amqp", True),
    "mqtt": ("mqtt", False),
    "mqtts": ("mqtt", True),
    "secure-mqtt": ("mqtt", True),
    "mqtt5": ("mqtt5", False),
    "redis": ("redis", False),
    "rediss": ("redis", True),
}
"""What a server's `protocol` means: the protocol, and whether it is spoken within TLS."""

_PORTS = {
    ("http", False): 80,
    ("http", True): 443,
    ("ws", False): 80,
    ("ws", True): 443,
    ("kafka", False): 9092,
    ("kafka", True): 9093,
    ("nats", False): 4222,
    ("nats", True): 4222,
    ("amqp", False): 5672,
    ("amqp", True): 5671,
    ("mqtt", False): 1883,
    ("mqtt", True): 8883,
    ("mqtt5", False): 1883,
    ("mqtt5", True): 8883,
    ("redis", False): 6379,
    ("redis", True): 6379,
}

_WILDCARDS = {"mqtt": "+", "mqtt5": "+", "nats": "*", "redis": "*", "amqp": "*"}
"""What stands in an address for any value of a parameter."""


class Server(NamedTuple):
    """A server of the document, its variables filled in."""

    protocol: str
    secure: bool
    host: str
    port: int
    path: str
    node: Node


@dataclass(frozen=True, slots=True)
class Place:
    """A channel with the operation that is asked for, and the servers at which it is."""

    channel: Node
    operation: Node
    messages: tuple[Node, ...]
    servers: tuple[tuple[str, Node], ...]
    address: str


def place_of(document: Node, with_: Json) -> Place:
    """The place that a call's `operation` (3.x), or `channel` and direction (2.x), names; `configuration` faults for what is not there."""
    version = str(document.value.get("asyncapi", ""))
    if version.startswith("3."):
        return _place_of_3(document, version, with_)
    if version.startswith("2."):
        return _place_of_2(document, version, with_)
    raise document.fault(f"it says 'asyncapi: {version}'; versions 2 and 3 are understood")


def _place_of_3(document: Node, version: str, with_: Json) -> Place:
    name = with_.get("operation")
    if name is None:
        raise document.fault(f"it is of version {version}: name an 'operation' in the call, not a 'channel'")
    operation = _named(document, "operations", name)
    channel = operation.object("channel")
    address = channel.text("address")
    if address is None:
        raise channel.fault(f"{channel.pointer or '/'} has no 'address', so nobody knows where its messages are")
    given = operation if "messages" in operation else None
    messages = tuple(given.objects("messages")) if given else tuple(node for _, node in channel.object("messages").members())
    servers = tuple((node.pointer.rpartition("/")[2], node) for node in channel.objects("servers"))
    return Place(channel, operation, messages, servers or tuple(document.object("servers").members()), address)


def _place_of_2(document: Node, version: str, with_: Json) -> Place:
    name = with_.get("channel")
    if name is None:
        raise document.fault(f"it is of version {version}: name a 'channel' in the call, not an 'operation'")
    channel = _named(document, "channels", name)
    side = "publish" if "message" in with_ else "subscribe"
    if side not in channel:
        raise channel.fault(f"the channel {name!r} has no {side!r}")
    operation = channel.object(side)
    message = operation.object("message")
    messages = tuple(message.objects("oneOf")) if "oneOf" in message else (message,)
    servers = tuple((one, _named(document, "servers", one)) for one in channel.texts("servers"))
    return Place(channel, operation, messages, servers or tuple(document.object("servers").members()), name)


def _named(document: Node, member: str, name: str) -> Node:
    group = document.object(member)
    if name not in group:
        known = ", ".join(repr(one) for one in group.value) or "none"
        raise document.fault(f"its {member!r} have no {name!r}; there are {known}")
    return group.object(name)


def server_of(document: Node, place: Place, with_: Json) -> Server:
    """The server by its name, else by `protocol`, else the channel's first."""
    wanted, protocol = with_.get("server") or {}, with_.get("protocol")
    if wanted:
        node = _named(document, "servers", wanted["name"])
    elif not place.servers:
        raise document.fault("it names no server for the channel")
    elif protocol is None:
        node = place.servers[0][1]
    else:
        fitting = [node for _, node in place.servers if protocol in _spoken(node)]
        if not fitting:
            names = ", ".join(f"{name} ({node.value.get('protocol')})" for name, node in place.servers)
            raise document.fault(f"no server of the channel speaks {protocol!r}; there are {names}")
        node = fitting[0]
    return _server(node, wanted.get("variables") or {})


def _spoken(node: Node) -> set[str]:
    """The words by which a call may ask for a server's protocol."""
    written = node.needed("protocol")
    return {written, *(_protocol(node)[:1] if written in _SPOKEN else ())}


def _protocol(node: Node) -> tuple[str, bool]:
    written = node.needed("protocol")
    if written not in _SPOKEN:
        raise fault(
            "configuration",
            f"the server {node.pointer} speaks {written!r}, which this version does not; it speaks {', '.join(sorted(_SPOKEN))}",
        )
    protocol, secure = _SPOKEN[written]
    if protocol == "mqtt" and str(node.value.get("protocolVersion", "")).startswith("5"):
        protocol = "mqtt5"
    return protocol, secure


def _server(node: Node, given: Mapping[str, Json]) -> Server:
    protocol, secure = _protocol(node)
    written = node.needed("host") + (node.text("pathname") or "") if "host" in node else node.needed("url")
    address = _VARIABLE.sub(lambda found: _variable(node, found[1], given), written)
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise node.fault(f"{node.pointer} is at {address!r}, which is no address of a server")
    port = int(found["port"] or _PORTS[protocol, secure])
    return Server(protocol, secure, found["host"].strip("[]"), port, (found["path"] or "").rstrip("/"), node)


def _variable(node: Node, name: str, given: Mapping[str, Json]) -> str:
    described = node.object("variables").object(name)
    value = given.get(name, described.value.get("default"))
    if value is None or isinstance(value, dict | list):
        raise node.fault(f"the variable {name!r} of the server {node.pointer} has no value; give it in 'server.variables'")
    text = str(value)
    allowed = described.texts("enum")
    if allowed and text not in allowed:
        raise node.fault(f"the variable {name!r} of the server {node.pointer} may be {', '.join(allowed)}, not {text!r}")
    return text


def address_of(place: Place, protocol: str, message: Json) -> tuple[str, bool]:
    """The channel's address with its parameters filled in, and whether wildcards stand for some of them.

    A parameter is read from the message that is published where the document says (`location`), else it has its default; a
    subscription takes any value where the protocol has a wildcard. Else it is a `configuration` fault.
    """
    wild = False

    def value(found: re.Match[str]) -> str:
        nonlocal wild
        name = found[1]
        described = place.channel.object("parameters").object(name)
        here = None if message is None else found_at(described.text("location"), message)
        default = described.value.get("default", described.object("schema").value.get("default"))
        given = default if here is None else here
        if given is None and message is None and protocol in _WILDCARDS:
            wild = True
            return _WILDCARDS[protocol]
        if not isinstance(given, str | int | float):
            raise place.channel.fault(
                f"the parameter {name!r} of the channel {place.address!r} has no value: the document says neither a 'default' nor a 'location'"
                f"{' that the message has' if message is not None else ''}"
                if given is None
                else f"the parameter {name!r} of the channel {place.address!r} must be a text or a number, not {kind_of(given)}"
            )
        return str(given)

    return _VARIABLE.sub(value, place.address), wild


def options_of(place: Place, server: Server) -> tuple[Mapping[str, Json], ...]:
    """What the bindings of the server's protocol say, nearest first: of the message, the operation, the channel, the server."""
    nodes = (*place.messages[:1], place.operation, place.channel, server.node)
    names = ("mqtt5", "mqtt") if server.protocol == "mqtt5" else (server.protocol,)
    return tuple(options for node in nodes for options in _bindings(node, names))


def _bindings(node: Node, names: tuple[str, ...]) -> Iterator[Mapping[str, Json]]:
    """The bindings of an object, then those of its traits, the last one first."""
    for holder in (node, *reversed(list(node.objects("traits")))):
        bindings = holder.object("bindings")
        yield from (bindings.object(name).value for name in names if name in bindings)


def content_type_of(document: Node, place: Place) -> str:
    """The media type of the channel's messages."""
    own = next((found for node in place.messages if (found := _of_message(node, "contentType"))), None)
    return own or document.text("defaultContentType") or "application/json"


def correlation_of(place: Place) -> str | None:
    """Where the channel's messages have their correlation id."""
    return next(
        (found for node in place.messages for holder in _with_traits(node) if (found := holder.object("correlationId").text("location"))),
        None,
    )


def schemes_of(document: Node, server: Server) -> tuple[str, ...]:
    """The kinds of security that a server asks for: objects in version 3, names in version 2."""
    known = document.object("components").object("securitySchemes")
    found = []
    for node in server.node.objects("security"):
        found += [node] if "type" in node else [known.object(name) for name in node.value]
    return tuple(node.needed("type") for node in found)


def _of_message(node: Node, name: str) -> str | None:
    return next((found for holder in _with_traits(node) if (found := holder.text(name))), None)


def _with_traits(node: Node) -> Iterator[Node]:
    yield node
    yield from reversed(list(node.objects("traits")))
