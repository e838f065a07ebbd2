from __future__ import annotations

from typing import Any

import pytest

from activities.asyncapi.message import Incoming, found_at, headless, incoming, outgoing
from activities.asyncapi.site import Site
from activities.authentication import Authorization
from activities.redact import Redaction
from interpreter.faults import Fault


def site(**more: Any) -> Site:
    known: dict[str, Any] = {
        "protocol": "kafka", "secure": False, "host": "a.example", "peer": "a.example", "port": 1, "path": "", "address": "x", "wild": False,
        "options": (), "content_type": "application/json", "correlation": None, "schemes": (), "authorization": None, "certificate": None,
        "redaction": Redaction(), "key": "key-1", "within": 1.0, "http": None,
    }  # fmt: skip
    return Site(**{**known, **more})


def test_a_message_goes_out_as_json_with_its_key() -> None:
    found = outgoing(site(), {"payload": {"ü": [1, None]}, "headers": {"a": "x", "b": 1, "c": None, "d": {"e": True}}})
    assert (found.body, found.content_type, found.key) == ('{"ü":[1,null]}'.encode(), "application/json", "key-1")
    assert found.texts == {"a": "x", "b": "1", "d": '{"e":true}'}


def test_a_message_without_a_payload_has_no_body() -> None:
    assert outgoing(site(), {"headers": {"a": "x"}}).body == b""


def test_a_message_of_a_kind_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(Fault, match="not usable"):
        outgoing(site(content_type="avro/binary"), {"payload": {}})


def test_the_correlation_id_is_read_where_the_document_says() -> None:
    described = site(correlation="$message.header#/id")
    assert outgoing(described, {"headers": {"id": 7}}).correlation == "7"
    assert incoming(described, Incoming(body=b"1", headers={"id": "x"}))["correlationId"] == "x"
    assert incoming(described, Incoming(body=b"1", correlation="own"))["correlationId"] == "own"
    assert "correlationId" not in incoming(described, Incoming(body=b"1"))


@pytest.mark.parametrize("location", [None, "", "$message.header", "$message.footer#/a", "$message.payload#/a/b/c", "nonsense"])
def test_a_location_that_leads_nowhere_gives_nothing(location: str | None) -> None:
    assert found_at(location, {"payload": {"a": {"b": 1}}, "headers": None}) in (None, {})


@pytest.mark.parametrize(
    ("body", "kind", "payload"),
    [
        (b'{"a": 1}', None, {"a": 1}),
        (b"", None, None),
        (b"null", None, None),
        (b"no JSON", None, "no JSON"),
        (b"[NaN]", None, "[NaN]"),
        (b"1e999", None, "1e999"),
        (b"\xff\xfe", None, "//4="),
        (b'{"a": 1}', "text/plain", '{"a": 1}'),
        (b'{"a": 1}', "application/cloudevents+json; charset=utf-8", {"a": 1}),
        (b"[" * 300 + b"]" * 300, None, "[" * 300 + "]" * 300),
    ],
)
def test_what_comes_is_what_it_says_or_text_or_base64(body: bytes, kind: str | None, payload: Any) -> None:
    assert incoming(site(), Incoming(body=body, content_type=kind))["payload"] == payload


def test_headers_where_there_are_none_are_refused() -> None:
    headless(site(), outgoing(site(), {"payload": 1, "headers": {"a": None}}))
    with pytest.raises(Fault) as caught:
        headless(site(), outgoing(site(), {"payload": 1, "headers": {"kind": "secret value"}}))
    assert "kind" in str(caught.value.problem.detail)
    assert "secret value" not in str(caught.value.problem.detail)


def test_credentials_as_brokers_want_them() -> None:
    assert site().credentials == (None, None, None)
    assert site(authorization=Authorization("Basic", "YWRhOnBhOnNz")).credentials == ("ada", "pa:ss", None)
    assert site(authorization=Authorization("Bearer", "token")).credentials == (None, None, "token")
    with pytest.raises(Fault):
        _ = site(authorization=Authorization("Digest", "")).credentials


def test_what_bindings_say_counts_from_the_message_outwards() -> None:
    found = site(options=({"a": 1}, {"a": 2, "b": {"const": "x"}, "c": {"enum": ["y"]}, "d": [1]}))
    assert (found.option("a"), found.text("b"), found.text("c"), found.text("e", "z"), found.number("a", 0)) == (1, "x", "y", "z", 1)
    for wrong in (lambda: found.text("d"), lambda: found.number("d", 0), lambda: found.text("a")):
        with pytest.raises(Fault, match="not usable"):
            wrong()


def test_addresses() -> None:
    assert site(host="::1", port=80, path="/v1", address="/a").url("http", path=True) == "http://[::1]:80/v1/a"
    assert site(secure=True).url("ws") == "wss://a.example:1"
