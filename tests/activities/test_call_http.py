from __future__ import annotations

import base64
import json

import pytest

from activities.settings import Settings
from interpreter.effects import CALL_HTTP
from tests.activities.performing import arguments, perform, problem
from tests.counterparts import Reply


def http(counterpart, path, **members):
    return {"method": "get", "uri": counterpart.origin + path, "output": "content", "redirect": False, **members}


def call(counterpart, path, **members):
    return perform(CALL_HTTP, arguments(http(counterpart, path, **members)))


def trouble(counterpart, path, **members):
    found = problem(CALL_HTTP, arguments(http(counterpart, path, **members)))
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]


def test_content_is_the_value_of_the_body(counterpart):
    assert call(counterpart, "/v2/pet/1")["name"] == "Milou"


def test_raw_is_base64_of_the_body(counterpart):
    assert json.loads(base64.b64decode(call(counterpart, "/v2/pet/1", output="raw")))["id"] == 1


def test_binary_content_is_base64(counterpart):
    assert base64.b64decode(call(counterpart, "/binary")) == b"\x00\xff\xfe\x01"


def test_no_content_is_null(counterpart):
    counterpart.replies["/none"] = Reply(204)
    assert call(counterpart, "/none") is None
    assert call(counterpart, "/v2/pet/1", method="HEAD") is None


def test_the_response_object_has_all_its_members(counterpart):
    response = call(counterpart, "/v2/pet/1", output="response", query={"a": 1})
    assert response["request"]["method"] == "GET"
    assert response["request"]["uri"] == f"{counterpart.origin}/v2/pet/1?a=1"
    assert response["request"]["headers"]["idempotency-key"] == "key-1"
    assert response["statusCode"] == 200
    assert response["headers"]["content-type"] == "application/json"
    assert response["content"]["id"] == 1


def test_the_product_and_the_key_are_told_with_every_call(counterpart):
    call(counterpart, "/echo")
    (received,) = counterpart.received
    assert received.headers["user-agent"].startswith("swtemporal/")
    assert received.key == "key-1"


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


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 599])
def test_another_status_is_a_communication_error_with_it(counterpart, status):
    kind, found, title, detail = trouble(counterpart, f"/status/{status}")
    assert (kind, found) == ("communication", status)
    assert title
    assert f"this is a {status}" in detail
    assert f"GET {counterpart.origin}/status/{status}" in detail


def test_an_error_is_claimed_by_its_task(counterpart):
    assert problem(CALL_HTTP, arguments(http(counterpart, "/status/404")))["instance"] == "/do/0/t"


def test_an_error_quotes_little(counterpart):
    counterpart.replies["/long"] = Reply.text("word " * 100_000, 500)
    assert len(trouble(counterpart, "/long")[3]) < 1_000


def test_an_error_does_not_quote_binary(counterpart):
    counterpart.replies["/binary"] = Reply(500, b"\x00\x01", {"Content-Type": "image/png"})
    assert "binary content, image/png" in trouble(counterpart, "/binary")[3]


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_is_an_error_and_never_followed(counterpart, status):
    kind, found, _, detail = trouble(counterpart, f"/redirect/{status}?to=/echo")
    assert (kind, found) == ("communication", status)
    assert "(to /echo)" in detail
    assert counterpart.to("/echo") == []


def test_an_accepted_redirect_is_the_result_and_never_followed(counterpart):
    response = call(counterpart, "/redirect/302?to=/echo", redirect=True, output="response")
    assert (response["statusCode"], response["headers"]["location"], response["content"]) == (302, "/echo", "moved")
    assert counterpart.to("/echo") == []


def test_an_accepted_redirect_accepts_no_error(counterpart):
    assert trouble(counterpart, "/status/404", redirect=True)[1] == 404


def test_too_much_is_refused(counterpart):
    kind, status, title, _ = trouble(counterpart, "/bytes/10000001")
    assert (kind, status, title) == ("communication", 500, "Response too large")


def test_what_a_history_cannot_hold_is_refused(counterpart):
    kind, status, _, detail = trouble(counterpart, "/bytes/3000000")
    assert (kind, status) == ("validation", 400)
    assert "too large" in detail


def test_a_compressed_answer_is_read(counterpart):
    import gzip

    counterpart.replies["/packed"] = Reply(
        200, gzip.compress(b'{"a": 1}'), {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert call(counterpart, "/packed") == {"a": 1}


def test_a_bomb_is_refused_before_it_unfolds(counterpart):
    import tracemalloc

    tracemalloc.start()
    try:
        assert trouble(counterpart, "/bomb")[2] == "Response too large"
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("json", "Response not understood"),
        ("gzip", "Response not understood"),
        ("protocol", "Connection broken"),
        ("silence", "Connection broken"),
        ("cut", "Connection broken"),
    ],
)
def test_garbage_is_a_communication_error(counterpart, what, title):
    assert trouble(counterpart, f"/garbage/{what}")[:3] == ("communication", 500, title)


def test_an_encoding_nobody_asked_for_is_refused(counterpart):
    counterpart.replies["/br"] = Reply(200, b"x", {"Content-Encoding": "br"})
    assert trouble(counterpart, "/br")[:3] == ("communication", 500, "Response not understood")


def test_nobody_listening_is_a_communication_error(counterpart, unused_port):
    found = problem(CALL_HTTP, arguments(http(counterpart, "/", uri=f"http://127.0.0.1:{unused_port}/")))
    assert (found["status"], found["title"]) == (500, "Connection failed")


def test_an_unknown_host_is_a_communication_error(counterpart):
    found = problem(CALL_HTTP, arguments(http(counterpart, "/", uri="http://nowhere.invalid/")))
    assert (found["status"], found["title"]) == (500, "Host not found")


def test_plain_http_where_tls_is_expected_is_a_communication_error(counterpart):
    found = problem(CALL_HTTP, arguments(http(counterpart, "/", uri=counterpart.origin.replace("http:", "https:"))))
    assert (found["status"], found["title"]) == (500, "TLS failed")


def test_no_answer_in_time_is_a_communication_error(counterpart):
    found = problem(CALL_HTTP, arguments(http(counterpart, "/slow/a"), timeout=50))
    assert (found["type"].rpartition("/")[2], found["status"], found["title"]) == ("communication", 504, "No answer in time")


@pytest.mark.parametrize(
    "uri", ["/relative", "ftp://host/x", "file:///etc/passwd", "http://", "http://h:port/", "", "http://h/\x00", "\ud800"]
)
def test_what_is_no_address_is_a_configuration_error(counterpart, uri):
    found = problem(CALL_HTTP, arguments(http(counterpart, "", uri=uri)))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("configuration", 400)


def test_cookies_are_not_kept_for_others(counterpart):
    import asyncio

    from activities.http.client import Http, Request

    counterpart.replies["/login"] = Reply(200, b"", {"Set-Cookie": "session=secret; Path=/"})

    async def two():
        async with Http.opened({}) as client:
            for path in ("/login", "/echo"):
                await client.exchange(Request(method="GET", uri=counterpart.origin + path), within=30)

    asyncio.run(two())
    assert "cookie" not in counterpart.to("/echo")[0].headers


def test_another_origin_stands_in_for_the_one_named(counterpart):
    settings = Settings(origins={"https://petstore.swagger.io": counterpart.origin})
    given = http(counterpart, "", uri="https://petstore.swagger.io/v2/pet/1?x=1", output="response")
    response = perform(CALL_HTTP, arguments(given), settings)
    assert response["request"]["uri"] == "https://petstore.swagger.io/v2/pet/1?x=1"
    assert response["content"]["id"] == 1
