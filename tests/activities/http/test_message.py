from __future__ import annotations

import pytest

from tests.activities.performing import call, trouble


def test_the_documents_own_key_goes_first(counterpart):
    call(counterpart, "/echo", headers={"idempotency-key": "mine"})
    assert counterpart.received[0].key == "mine"


def test_query_parameters_come_behind_those_of_the_uri(counterpart):
    call(counterpart, "/echo?x=0&flag", query={"s": "a b&c", "n": 1.5, "t": True, "none": None, "l": ["p", None, 2]})
    assert counterpart.received[0].query == {"x": ["0"], "flag": [""], "s": ["a b&c"], "n": ["1.5"], "t": ["true"], "l": ["p", "2"]}


def test_headers_are_made_text(counterpart):
    call(counterpart, "/echo", headers={"X-N": 7, "X-T": False, "X-None": None, "X-L": ["a", "b"], "X-U": " é "})
    headers = counterpart.received[0].headers
    assert (headers["x-n"], headers["x-t"], headers["x-l"]) == ("7", "false", "a, b")
    assert headers["x-u"].encode("latin-1").decode() == "é"
    assert "x-none" not in headers


def test_no_headers_and_no_query(counterpart):
    assert call(counterpart, "/echo", headers=None, query=None)["query"] == {}


@pytest.mark.parametrize("member", ["headers", "query"])
@pytest.mark.parametrize("value", ["text", ["a"], {"a": {"b": 1}}, {"a": [[1]]}])
def test_headers_and_query_must_be_flat_objects(counterpart, member, value):
    kind, status, _, detail = trouble(counterpart, "/echo", **{member: value})
    assert (kind, status) == ("expression", 400)
    assert repr(member) in detail
    assert counterpart.received == []


@pytest.mark.parametrize(("name", "value"), [("X-A", "a\r\nX-B: b"), ("X-A", "\x00"), ("X A", "b"), ("", "b"), ("X-A", "\ud800")])
def test_nothing_is_smuggled_into_headers(counterpart, name, value):
    kind, status, _, detail = trouble(counterpart, "/echo", headers={name: value})
    assert (kind, status) == ("expression", 400)
    assert value not in detail.replace(repr(name), "")
    assert counterpart.received == []


@pytest.mark.parametrize(
    ("body", "content_type", "sent", "announced"),
    [
        ({"a": [1, None, "é"]}, None, '{"a":[1,null,"é"]}', "application/json"),
        ([1], None, "[1]", "application/json"),
        (None, None, "null", "application/json"),
        ("text", None, '"text"', "application/json"),
        ("text", "text/plain", "text", "text/plain"),
        ("text", "application/json", '"text"', "application/json"),
        ("text", "application/problem+json; charset=utf-8", '"text"', "application/problem+json; charset=utf-8"),
        ({"a": 1}, "application/vnd.x+json", '{"a":1}', "application/vnd.x+json"),
        ({"a": "b c", "d": [1, 2]}, "application/x-www-form-urlencoded", "a=b+c&d=1&d=2", "application/x-www-form-urlencoded"),
        ("a=b", "application/x-www-form-urlencoded", "a=b", "application/x-www-form-urlencoded"),
        (12, "text/plain", "12", "text/plain"),
    ],
)
def test_a_body_is_written_by_its_media_type(counterpart, body, content_type, sent, announced):
    call(counterpart, "/echo", method="POST", body=body, headers=content_type and {"content-type": content_type})
    (received,) = counterpart.received
    assert received.body.decode() == sent
    assert received.headers["content-type"] == announced


def test_without_a_body_nothing_is_announced(counterpart):
    call(counterpart, "/echo", method="delete")
    (received,) = counterpart.received
    assert (received.method, received.body) == ("DELETE", b"")
    assert "content-type" not in received.headers
