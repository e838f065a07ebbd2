from __future__ import annotations

from typing import Any

import pytest

from activities.asyncapi import document as asyncapi
from activities.openapi.node import Node, Source
from interpreter.faults import Fault


def three(**more: Any) -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "servers": {
            "live": {"host": "live.example", "protocol": "kafka-secure"},
            "test": {"host": "{stage}.example:{port}", "pathname": "/v1/", "protocol": "mqtt", "protocolVersion": "5.0", "variables": {"stage": {"default": "t"}, "port": {"default": "1884", "enum": ["1884", "1885"]}}},
        },
        "channels": {"room": {"address": "rooms/{room}", "parameters": {"room": {"default": "lobby"}}, "messages": {"said": {"$ref": "#/components/messages/said"}}}},
        "operations": {"hear": {"action": "receive", "channel": {"$ref": "#/channels/room"}}},
        "components": {"messages": {"said": {"contentType": "application/vnd.said+json", "correlationId": {"$ref": "#/components/correlationIds/id"}}}, "correlationIds": {"id": {"location": "$message.header#/id"}}},
        **more,
    }  # fmt: skip


def two(version: str = "2.6.0", **more: Any) -> dict[str, Any]:
    return {
        "asyncapi": version,
        "servers": {"main": {"url": "mqtt://{host}:1883/v1", "protocol": "mqtt", "variables": {"host": {"default": "two.example"}}}, "plain": {"url": "plain.example", "protocol": "ws"}},
        "channels": {"rooms/{room}": {"parameters": {"room": {"schema": {"type": "string", "default": "lobby"}}}, "subscribe": {"message": {"payload": {}}}, "publish": {"message": {"oneOf": [{"contentType": "application/json"}, {}]}}}},
        **more,
    }  # fmt: skip


def read(raw: dict[str, Any], **with_: Any) -> tuple[Node, asyncapi.Place, asyncapi.Server]:
    root = Node(Source(raw, "https://example.com/a.json", "https://example.com/a.json", "AsyncAPI"), raw)
    given = {"subscription": {}, **with_} if "message" not in with_ else with_
    place = asyncapi.place_of(root, given)
    return root, place, asyncapi.server_of(root, place, given)


def refused(raw: dict[str, Any], **with_: Any) -> str:
    with pytest.raises(Fault) as caught:
        read(raw, **with_)
    assert caught.value.problem.type.endswith("/configuration")
    assert caught.value.problem.detail is not None
    return caught.value.problem.detail


# Versions


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_version_3_has_operations(version: str) -> None:
    _, place, server = read(three(asyncapi=version), operation="hear")
    assert (place.address, server.host, server.port, server.protocol, server.secure) == (
        "rooms/{room}",
        "live.example",
        9093,
        "kafka",
        True,
    )


@pytest.mark.parametrize("version", ["2.0.0", "2.6.0"])
def test_version_2_has_channels_with_two_sides(version: str) -> None:
    _, place, server = read(two(version), channel="rooms/{room}")
    assert (server.host, server.port, server.path, server.protocol) == ("two.example", 1883, "/v1", "mqtt")
    assert place.operation.pointer == "/channels/rooms~1{room}/subscribe"
    _, place, _ = read(two(version), channel="rooms/{room}", message={})
    assert place.operation.pointer == "/channels/rooms~1{room}/publish"


@pytest.mark.parametrize(
    ("raw", "said"), [({"openapi": "3.1.0"}, "asyncapi: "), ({"asyncapi": "1.2.0"}, "1.2.0"), ({"asyncapi": 3}, "'asyncapi: 3'")]
)
def test_other_documents_are_told(raw: dict[str, Any], said: str) -> None:
    assert said in refused(raw, operation="hear")


def test_an_operation_belongs_to_version_3_and_a_channel_to_version_2() -> None:
    assert "name an 'operation'" in refused(three(), channel="room")
    assert "name a 'channel'" in refused(two(), operation="hear")


def test_what_is_not_there_is_told_with_what_is() -> None:
    assert "there are 'hear'" in refused(three(), operation="sing")
    assert "there are 'rooms/{room}'" in refused(two(), channel="/cellar")
    assert "no 'publish'" in refused(two(channels={"a": {"subscribe": {}}}), channel="a", message={})
    assert "'address'" in refused(three(channels={"room": {"address": None}}), operation="hear")


def test_a_reference_elsewhere_or_in_a_circle_is_told() -> None:
    assert "another document" in refused(
        three(operations={"hear": {"channel": {"$ref": "https://other.example/a.json#/x"}}}), operation="hear"
    )
    circle = {"hear": {"$ref": "#/operations/sing"}, "sing": {"$ref": "#/operations/hear"}}
    assert "circle" in refused(three(operations=circle), operation="hear")


@pytest.mark.parametrize(
    "broken",
    [
        {"servers": []},
        {"operations": {"hear": 7}},
        {"channels": {"room": [1]}},
        {"servers": {"live": {"host": 7}}},
        {"servers": {"live": {}}},
    ],
)
def test_a_document_that_is_not_as_it_should_be_is_told(broken: dict[str, Any]) -> None:
    assert refused(three(**broken), operation="hear")


# Servers


def test_a_server_by_its_name_with_variables() -> None:
    _, _, server = read(three(), operation="hear", server={"name": "test", "variables": {"port": 1885}})
    assert (server.host, server.port, server.path, server.protocol) == ("t.example", 1885, "/v1", "mqtt5")


def test_a_variable_is_held_to_its_values() -> None:
    assert "may be 1884, 1885" in refused(three(), operation="hear", server={"name": "test", "variables": {"port": "80"}})
    bare = {"live": {"host": "{x}.example", "protocol": "ws"}}
    assert "has no value" in refused(three(servers=bare), operation="hear")


@pytest.mark.parametrize(("protocol", "host"), [("kafka", "live.example"), ("mqtt5", "t.example"), ("mqtt", "t.example")])
def test_a_server_by_its_protocol(protocol: str, host: str) -> None:
    assert read(three(), operation="hear", protocol=protocol)[2].host == host


def test_a_protocol_nobody_speaks_is_told() -> None:
    assert "live (kafka-secure), test (mqtt)" in refused(three(), operation="hear", protocol="nats")
    assert "speaks 'pulsar'" in refused(three(servers={"p": {"host": "p", "protocol": "pulsar"}}), operation="hear")


def test_the_servers_of_a_channel_come_first() -> None:
    channels = {"room": {"address": "a", "servers": [{"$ref": "#/servers/test"}]}}
    assert read(three(channels=channels), operation="hear")[2].host == "t.example"
    assert read(two(channels={"a": {"servers": ["plain"], "subscribe": {}}}), channel="a")[2].host == "plain.example"


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("a.example", "a.example", 80, ""),
        ("wss://a.example:8443/x/", "a.example", 8443, "/x"),
        ("[::1]:9000", "::1", 9000, ""),
        ("ws://user:password@a.example", "a.example", 80, ""),
    ],
)
def test_addresses_of_servers(url: str, host: str, port: int, path: str) -> None:
    _, _, server = read(two(servers={"a": {"url": url, "protocol": "ws"}}), channel="rooms/{room}")
    assert (server.host, server.port, server.path) == (host, port, path)


def test_an_address_that_is_none_is_told() -> None:
    assert "no address" in refused(two(servers={"a": {"url": "ws://", "protocol": "ws"}}), channel="rooms/{room}")


def test_the_security_that_a_server_asks_for() -> None:
    schemes = {"components": {"securitySchemes": {"s": {"type": "scramSha256"}}, "messages": {"said": {}}}}
    root, _, server = read(
        three(servers={"a": {"host": "a", "protocol": "kafka", "security": [{"$ref": "#/components/securitySchemes/s"}]}}, **schemes),
        operation="hear",
    )
    assert asyncapi.schemes_of(root, server) == ("scramSha256",)
    root, _, server = read(
        two(servers={"a": {"url": "a", "protocol": "kafka", "security": [{"s": []}]}}, **schemes), channel="rooms/{room}"
    )
    assert asyncapi.schemes_of(root, server) == ("scramSha256",)


# Channels and messages


def test_parameters_of_an_address() -> None:
    _, place, _ = read(three(), operation="hear")
    assert asyncapi.address_of(place, "kafka", None) == ("rooms/lobby", False)
    located = {"room": {"address": "rooms/{room}", "parameters": {"room": {"location": "$message.payload#/where/room"}}}}
    _, place, _ = read(three(channels=located), operation="hear")
    assert asyncapi.address_of(place, "kafka", {"payload": {"where": {"room": 7}}}) == ("rooms/7", False)
    assert asyncapi.address_of(place, "mqtt", None) == ("rooms/+", True)
    assert asyncapi.address_of(place, "nats", None) == ("rooms/*", True)
    for protocol, message in (("kafka", None), ("mqtt", {"payload": {}}), ("mqtt", {"payload": {"where": {"room": [1]}}})):
        with pytest.raises(Fault):
            asyncapi.address_of(place, protocol, message)


def test_the_form_of_messages() -> None:
    root, place, _ = read(three(), operation="hear")
    assert asyncapi.content_type_of(root, place) == "application/vnd.said+json"
    assert asyncapi.correlation_of(place) == "$message.header#/id"
    root, place, _ = read(two(), channel="rooms/{room}")
    assert (asyncapi.content_type_of(root, place), asyncapi.correlation_of(place)) == ("application/json", None)
    root, place, _ = read(two(defaultContentType="text/plain"), channel="rooms/{room}")
    assert asyncapi.content_type_of(root, place) == "text/plain"


def test_traits_say_what_a_message_does_not() -> None:
    said = {"traits": [{"contentType": "a/b"}, {"contentType": "c/d", "correlationId": {"location": "$message.header#/x"}}]}
    root, place, _ = read(three(channels={"room": {"address": "a", "messages": {"said": said}}}), operation="hear")
    assert (asyncapi.content_type_of(root, place), asyncapi.correlation_of(place)) == ("c/d", "$message.header#/x")


def test_bindings_of_the_protocol_nearest_first() -> None:
    channels = {"room": {"address": "a", "bindings": {"kafka": {"topic": "t", "x": "channel"}, "nats": {"x": "other"}}}}
    operations = {
        "hear": {
            "channel": {"$ref": "#/channels/room"},
            "bindings": {"kafka": {"x": "operation"}},
            "traits": [{"bindings": {"kafka": {"groupId": "g"}}}],
        }
    }
    _, place, server = read(three(channels=channels, operations=operations), operation="hear")
    assert asyncapi.options_of(place, server) == ({"x": "operation"}, {"groupId": "g"}, {"topic": "t", "x": "channel"})


def test_mqtt_5_has_bindings_of_its_own_and_those_of_mqtt() -> None:
    channels = {"room": {"address": "a", "bindings": {"mqtt": {"qos": 1}, "mqtt5": {"qos": 2}}}}
    _, place, server = read(three(channels=channels), operation="hear", server={"name": "test"})
    assert asyncapi.options_of(place, server) == ({"qos": 2}, {"qos": 1})
