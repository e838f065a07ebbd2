from __future__ import annotations

import base64
import json

import pytest

from interpreter.effects import CALL_HTTP
from tests.activities.performing import arguments, call, http, problem, trouble
from tests.counterparts import Reply


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


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 599])
def test_another_status_is_a_communication_error_with_it(counterpart, status):
    kind, found, title, detail = trouble(counterpart, f"/status/{status}")
    assert (kind, found) == ("communication", status)
    assert title
    assert f"this is a {status}" in detail
    assert f"GET {counterpart.origin}/status/{status}" in detail


def test_an_error_is_claimed_by_its_task(counterpart):
    assert problem(CALL_HTTP, arguments(http(counterpart, "/status/404")))["instance"] == "/do/0/t"


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


def test_what_a_history_cannot_hold_is_refused(counterpart):
    kind, status, _, detail = trouble(counterpart, "/bytes/3000000")
    assert (kind, status) == ("validation", 400)
    assert "too large" in detail
