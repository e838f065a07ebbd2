from __future__ import annotations

import contextlib
import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest

from tests.counterparts import Counterpart, Reply


@pytest.fixture
def counterpart():
    with Counterpart() as running:
        yield running


def get(counterpart, path, method="GET", body=None, headers=None):
    connection = http.client.HTTPConnection(urlsplit(counterpart.origin).netloc)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_the_pet_store_has_pets(counterpart):
    status, body = get(counterpart, "/v2/pet/findByStatus?status=available")
    assert status == 200
    assert all({"id", "name", "status"} <= pet.keys() for pet in json.loads(body))
    assert json.loads(get(counterpart, "/v2/pet/2")[1])["id"] == 2
    assert get(counterpart, "/v2/pet/getPetByName/Milou")[0] == 404
    assert json.loads(get(counterpart, "/v2/swagger.json")[1])["swagger"] == "2.0"


def test_a_request_is_recorded(counterpart):
    get(counterpart, "/echo/x?a=1&a=2", "POST", b"{}", {"Idempotency-Key": "k"})
    (received,) = counterpart.to("/echo/x")
    assert (received.method, received.query, received.json(), received.key) == ("POST", {"a": ["1", "2"]}, {}, "k")


def test_flaky_fails_as_often_as_told(counterpart):
    assert [get(counterpart, "/flaky/a/2")[0] for _ in range(4)] == [503, 503, 200, 200]
    assert get(counterpart, "/flaky/b/1")[0] == 503


def test_slow_waits_until_it_is_released(counterpart):
    answers = []
    caller = threading.Thread(target=lambda: answers.append(get(counterpart, "/slow/a")))
    caller.start()
    counterpart.held("a")
    assert answers == []
    counterpart.release("a")
    caller.join()
    assert answers[0][0] == 200


def test_a_test_sets_its_own_replies(counterpart):
    counterpart.replies["/own"] = Reply.text("hello", 418)
    counterpart.replies["/asked"] = lambda received: Reply.text(received.method)
    assert get(counterpart, "/own") == (418, b"hello")
    assert get(counterpart, "/asked") == (200, b"GET")


def test_events_are_kept(counterpart):
    assert get(counterpart, "/events", "POST", b'{"id": "1"}')[0] == 202
    assert counterpart.events == [{"id": "1"}]


def test_what_is_unknown_is_not_found(counterpart):
    assert get(counterpart, "/")[0] == 404


def test_it_ends_although_a_call_is_held():
    with Counterpart() as counterpart:
        caller = threading.Thread(target=_left_alone, args=(counterpart,))
        caller.start()
        counterpart.held("a")
    caller.join()


def _left_alone(counterpart):
    with contextlib.suppress(OSError, http.client.HTTPException):
        get(counterpart, "/slow/a")
