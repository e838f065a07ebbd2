from __future__ import annotations

import base64
import json

import pytest

from interpreter.effects import CALL_OPENAPI
from tests.activities.performing import arguments, perform, problem
from tests.counterparts import Reply
from tests.settings import Settings

DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/echo/{id}": {
            "post": {
                "operationId": "echo",
                "parameters": [{"name": "q", "in": "query"}, {"name": "X-Q", "in": "header"}],
                "requestBody": {"content": {"application/json": {}}},
            }
        },
        "/status/{code}": {"get": {"operationId": "status"}},
        "/redirect/{code}": {"get": {"operationId": "redirect", "parameters": [{"name": "to", "in": "query"}]}},
        "/binary": {"get": {"operationId": "binary"}},
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}}},
}
SECRETS = Settings(environment={"SWTEMPORAL_SECRET_KEY": "5ecret-key"})


@pytest.fixture(autouse=True)
def described(counterpart):
    counterpart.replies["/api.json"] = Reply.json(DOCUMENT)


def asked(counterpart, operation="echo", parameters=None, deferred=None, **members):
    document = {"uri": f"{counterpart.origin}/api.json", **members.pop("document", {})}
    with_ = {"document": document, "operationId": operation, "output": "content", "redirect": False, **members}
    if parameters is not None:
        with_["parameters"] = parameters
    more = {"deferred": {place: {"dot": None, "variables": {}} for place in deferred}, "secrets": ["key"], "now": 0} if deferred else {}
    return arguments(with_, **more)


def call(counterpart, *given, settings=None, **members):
    return perform(CALL_OPENAPI, asked(counterpart, *given, **members), settings)


def trouble(counterpart, *given, settings=None, **members):
    found = problem(CALL_OPENAPI, asked(counterpart, *given, **members), settings)
    return found["type"].rpartition("/")[2], found["status"], found["detail"]


def test_the_operation_is_called_with_its_parameters_and_the_idempotency_key(counterpart):
    echoed = call(counterpart, "echo", {"id": "a/b", "q": [1, 2], "X-Q": "x", "body": {"a": 1}})
    assert (echoed["method"], echoed["path"], echoed["query"], echoed["body"]) == ("POST", "/echo/a%2Fb", {"q": ["1", "2"]}, '{"a":1}')
    assert echoed["headers"]["x-q"] == "x"
    assert echoed["headers"]["content-type"] == "application/json"
    assert echoed["headers"]["idempotency-key"] == "key-1"


def test_a_document_that_the_run_carries_is_not_fetched(counterpart):
    text = json.dumps(DOCUMENT | {"servers": [{"url": counterpart.origin}]})
    assert call(counterpart, "echo", {"id": 1}, document={"uri": "file:///api.json", "content": text})["path"] == "/echo/1"
    assert counterpart.to("/api.json") == []


@pytest.mark.parametrize(
    ("reply", "kind", "status", "told"),
    [
        (Reply.text("gone", 404), "communication", 404, "gone"),
        (Reply.text("a: [", media="application/yaml"), "communication", 500, "is neither JSON nor YAML"),
        (Reply.text("just text"), "configuration", 400, "is no OpenAPI document"),
        (Reply(200, b"\xff\xfe"), "communication", 500, "UTF-8"),
        (Reply(302, b"", {"Location": "/elsewhere"}), "communication", 302, "/elsewhere"),
    ],
)
def test_a_document_that_cannot_be_used(counterpart, reply, kind, status, told):
    counterpart.replies["/api.json"] = reply
    found = trouble(counterpart, "echo", {"id": 1})
    assert found[:2] == (kind, status)
    assert told in found[2]
    assert len(counterpart.received) == 1


def test_what_cannot_be_called_is_told_before_anything_is(counterpart):
    assert trouble(counterpart, "ech")[0] == "configuration"
    assert trouble(counterpart, "echo")[0] == "validation"
    assert trouble(counterpart, "echo", {"id": 1, "z": 1})[0] == "configuration"
    assert trouble(counterpart, "echo", {"id": 1, "X-Q": "a\r\nX-B: b"})[0] == "expression"
    assert {one.path for one in counterpart.received} == {"/api.json"}


def test_another_status_is_a_communication_error_with_it(counterpart):
    kind, status, detail = trouble(counterpart, "status", {"code": 503})
    assert (kind, status) == ("communication", 503)
    assert f"GET {counterpart.origin}/status/503" in detail


def test_outputs_and_redirects_are_those_of_http(counterpart):
    assert base64.b64decode(call(counterpart, "binary", output="raw")) == b"\x00\xff\xfe\x01"
    assert trouble(counterpart, "redirect", {"code": 302, "to": "/echo"})[:2] == ("communication", 302)
    response = call(counterpart, "redirect", {"code": 302, "to": "/echo"}, redirect=True, output="response")
    assert (response["statusCode"], response["headers"]["location"]) == (302, "/echo")
    assert response["request"]["method"] == "GET"
    assert response["request"]["uri"] == f"{counterpart.origin}/redirect/302?to=%2Fecho"


def test_the_call_and_the_document_have_their_own_credentials(counterpart):
    bearer, basic = {"bearer": {"token": "t"}}, {"basic": {"username": "ada", "password": "w"}}
    response = call(counterpart, "echo", {"id": 1}, authentication=basic, document={"authentication": bearer}, output="response")
    assert [one.headers.get("authorization") for one in counterpart.received] == ["Bearer t", "Basic YWRhOnc="]
    assert response["request"]["headers"]["authorization"] == "***"


def test_secrets_go_out_and_are_never_shown(counterpart):
    parameters = {"id": "${ $secrets.key }", "key": "${ $secrets.key }", "X-Q": "k ${ $secrets.key }", "body": {"k": "${ $secrets.key }"}}
    places = ("/parameters/id", "/parameters/key", "/parameters/X-Q", "/parameters/body/k", "/document/uri")
    document = {"uri": f"{counterpart.origin}/api.json?key=${{ $secrets.key }}"}
    response = call(counterpart, "echo", parameters, places, document=document, output="response", settings=SECRETS)
    fetched, received = counterpart.received
    assert fetched.query == {"key": ["5ecret-key"]}
    assert (received.path, received.query, received.headers["x-q"]) == ("/echo/5ecret-key", {"key": ["5ecret-key"]}, "k 5ecret-key")
    assert received.json() == {"k": "5ecret-key"}
    assert "5ecret-key" not in json.dumps(response["request"])
    assert response["request"]["headers"]["x-q"] == "***"


def test_secrets_are_not_told_by_errors(counterpart):
    for parameters in ({"code": "503", "z": "${ $secrets.key }"}, {"code": "${ $secrets.key }"}):
        places = [f"/parameters/{name}" for name, value in parameters.items() if "$" in value]
        assert "5ecret" not in trouble(counterpart, "status", parameters, places, settings=SECRETS)[2]


def test_a_placeholder_where_a_structure_was_changes_nothing(counterpart):
    settings = Settings(environment={"SWTEMPORAL_SECRET_KEY": '{"a": "hidden"}'})
    response = call(counterpart, "echo", {"id": 1, "q": "${ $secrets.key }"}, ("/parameters/q",), output="response", settings=settings)
    assert counterpart.received[1].query == {"a": ["hidden"]}
    assert response["request"]["uri"] == f"{counterpart.origin}/echo/1?q=%2A%2A%2A"
