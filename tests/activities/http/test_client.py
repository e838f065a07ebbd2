from __future__ import annotations

import asyncio
import gzip
import threading
import tracemalloc

import pytest
from opentelemetry.sdk.trace import TracerProvider

from activities.http.client import Http, Request
from interpreter.effects import CALL_HTTP
from tests.activities.performing import arguments, call, http, perform, problem, trouble
from tests.counterparts import Reply
from tests.settings import Settings


def test_too_much_is_refused(counterpart):
    kind, status, title, _ = trouble(counterpart, "/bytes/10000001")
    assert (kind, status, title) == ("communication", 500, "Response too large")


def test_a_compressed_answer_is_read(counterpart):
    counterpart.replies["/packed"] = Reply(
        200, gzip.compress(b'{"a": 1}'), {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert call(counterpart, "/packed") == {"a": 1}


def test_a_bomb_is_refused_before_it_unfolds(counterpart):
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
    counterpart.replies["/login"] = Reply(200, b"", {"Set-Cookie": "session=secret; Path=/"})

    async def two():
        async with Http.opened({}) as client:
            for path in ("/login", "/echo"):
                await client.exchange(Request(method="GET", uri=counterpart.origin + path, shown=""), within=30)

    asyncio.run(two())
    assert "cookie" not in counterpart.to("/echo")[0].headers


def test_another_origin_stands_in_for_the_one_named(counterpart):
    settings = Settings(origins={"https://petstore.swagger.io": counterpart.origin})
    given = http(counterpart, "", uri="https://petstore.swagger.io/v2/pet/1?x=1", output="response")
    response = perform(CALL_HTTP, arguments(given), settings)
    assert response["request"]["uri"] == "https://petstore.swagger.io/v2/pet/1?x=1"
    assert response["content"]["id"] == 1


def test_what_is_called_learns_the_span_it_is_called_in(counterpart):
    with TracerProvider().get_tracer("test").start_as_current_span("a task") as span:
        call(counterpart, "/echo")
        call(counterpart, "/echo", headers={"Traceparent": "00-own"})
    call(counterpart, "/echo")
    inside, own, outside = (one.headers.get("traceparent") for one in counterpart.received)
    assert inside.startswith(f"00-{span.get_span_context().trace_id:032x}-{span.get_span_context().span_id:016x}-")
    assert own == "00-own"
    assert outside is None


def test_of_an_answer_that_is_too_large_only_what_is_allowed_is_held(counterpart):
    counterpart.replies["/large"] = Reply(200, bytes(100_000_000), {"Content-Type": "text/plain"})
    tracemalloc.start()
    try:
        assert trouble(counterpart, "/large")[2] == "Response too large"
        assert tracemalloc.get_traced_memory()[1] < 25_000_000
    finally:
        tracemalloc.stop()


def test_two_hundred_calls_are_in_flight_at_once(counterpart):
    together = threading.Barrier(200)

    def answer(_):
        together.wait(60)
        return Reply.json({})

    counterpart.replies["/slow"] = answer

    async def all_of_them():
        async with Http.opened({}) as client:
            request = Request(method="GET", uri=f"{counterpart.origin}/slow", shown="")
            return await asyncio.gather(*(client.exchange(request, within=60) for _ in range(200)))

    assert [answer.status for answer in asyncio.run(all_of_them())] == [200] * 200
