from __future__ import annotations

import pytest

from tests.activities.openapi.documents import body, read, refused, sent, v2


@pytest.mark.parametrize(
    ("root", "server"),
    [
        ({}, "https://api.example"),
        ({"basePath": "/v1/"}, "https://api.example/v1"),
        ({"basePath": "v1", "schemes": ["http"]}, "http://api.example/v1"),
        ({"schemes": ["http", "https"]}, "https://api.example"),
        ({"schemes": ["ws", "http"]}, "http://api.example"),
        ({"schemes": ["http"], "operation": {"schemes": ["https"]}}, "https://api.example"),
        ({"host": "other.example:8080"}, "https://other.example:8080"),
        ({"host": None}, "https://docs.example"),
    ],
)
def test_the_server_is_scheme_host_and_base_path(root, server):
    assert read(v2(**root)).server == server


@pytest.mark.parametrize(
    ("uri", "server"),
    [("http://docs.example:81/a", "http://docs.example:81"), ("https://ada:word@docs.example/a?k=1", "https://docs.example")],
)
def test_what_a_document_leaves_out_is_as_it_was_fetched(uri, server):
    assert read(v2(host=None), uri=uri).server == server


def test_a_server_that_speaks_no_http_is_refused():
    kind, detail = refused(v2(schemes=["wss"]))
    assert kind == "configuration"
    assert "wss://api.example" in detail


@pytest.mark.parametrize(
    ("format", "query"),
    [
        ({}, "ids=a,b"),
        ({"collectionFormat": "csv"}, "ids=a,b"),
        ({"collectionFormat": "ssv"}, "ids=a%20b"),
        ({"collectionFormat": "tsv"}, "ids=a%09b"),
        ({"collectionFormat": "pipes"}, "ids=a%7Cb"),
        ({"collectionFormat": "multi"}, "ids=a&ids=b"),
    ],
)
def test_arrays_in_the_query_by_their_format(format, query):
    raw = v2([{"name": "ids", "in": "query", "type": "array", "items": {"type": "string"}, **format}])
    assert sent(raw, ids=["a", "b"]).uri == f"https://api.example/go?{query}"
    assert sent(raw, ids="a").uri == "https://api.example/go?ids=a"


def test_parameters_in_path_and_header():
    path = {"name": "id", "in": "path", "type": "array", "items": {"type": "string"}, "collectionFormat": "pipes"}
    found = sent(v2([path, {"name": "X-A", "in": "header", "type": "array"}], path="/go/{id}"), **{"id": ["a", "b"], "X-A": [1, 2]})
    assert found.uri == "https://api.example/go/a%7Cb"
    assert found.headers == (("X-A", "1,2"),)


BODY = {"name": "pet", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Pet"}}
PET = {"Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}}


def test_a_body_has_the_name_that_the_document_gives_it():
    raw = v2([BODY], definitions=PET)
    assert body(raw, pet={"name": "Rex"}) == (b'{"name":"Rex"}', "application/json")
    assert refused(raw) == ("validation", "the operation 'go' needs name (in the body): absent from the task's parameters, or null")


def test_a_body_may_be_given_member_by_member():
    assert body(v2([BODY], definitions=PET), name="Rex", age=3) == (b'{"name":"Rex","age":3}', "application/json")


@pytest.mark.parametrize(
    ("consumes", "value", "found"),
    [
        (["application/xml", "application/json"], {"a": 1}, (b'{"a":1}', "application/json")),
        (["application/xml"], "<a/>", (b"<a/>", "application/xml")),
        (["text/plain"], "text", (b"text", "text/plain")),
        (["image/png"], "AP8=", (b"\x00\xff", "image/png")),
    ],
)
def test_a_body_is_of_the_type_that_is_consumed(consumes, value, found):
    raw = v2([{"name": "body", "in": "body", "schema": {}}])
    assert body(raw | {"consumes": consumes}, body=value) == found
    assert (
        body(v2([{"name": "body", "in": "body", "schema": {}}], operation={"consumes": consumes}, consumes=["text/html"]), body=value)
        == found
    )


def form(*fields, **root):
    return v2([{"in": "formData", "type": "string", **one} for one in fields], **root)


def test_a_form_is_made_of_its_fields():
    raw = form({"name": "a", "required": True}, {"name": "b", "type": "array", "collectionFormat": "multi"}, {"name": "c", "type": "array"})
    assert body(raw, a="x y&", b=[1, 2], c=[3, 4]) == (b"a=x%20y%26&b=1&b=2&c=3,4", "application/x-www-form-urlencoded")
    assert body(raw, body={"a": 1}) == (b"a=1", "application/x-www-form-urlencoded")
    assert refused(raw, c=[1])[0] == "validation"
    assert sent(form({"name": "a"})).content is None


def test_a_file_makes_a_form_one_of_parts():
    text, kind = body(form({"name": "note"}, {"name": "photo", "type": "file"}), note="hi", photo="AP8=")
    assert kind.startswith("multipart/form-data; boundary=")
    assert b'name="note"\r\n\r\nhi\r\n' in text
    assert b'name="photo"; filename="photo"\r\nContent-Type: application/octet-stream\r\n\r\n\x00\xff\r\n' in text


def test_a_form_is_one_of_parts_where_only_that_is_consumed():
    raw = form({"name": "a", "type": "array"}, consumes=["multipart/form-data"])
    text, _ = body(raw, a=[1, 2])
    assert b'name="a"\r\n\r\n1,2\r\n' in text


def test_answers_are_asked_for_as_json_first():
    assert sent(v2(produces=["application/xml", "application/json"])).headers == (
        ("Accept", "application/json, application/xml;q=0.8, */*;q=0.1"),
    )
    assert sent(v2(produces=["text/html"], operation={"produces": ["text/csv"]})).headers == (("Accept", "text/csv, */*;q=0.1"),)
    assert sent(v2()).headers == ()


@pytest.mark.parametrize(
    ("place", "uri", "headers"),
    [
        ("header", "https://api.example/go", (("key", "abc"),)),
        ("query", "https://api.example/go?key=abc", ()),
    ],
)
def test_an_api_key_is_a_parameter_by_its_name(place, uri, headers):
    raw = v2(securityDefinitions={"any": {"type": "apiKey", "in": place, "name": "key"}, "o": {"type": "oauth2"}}, security=[{"any": []}])
    found = sent(raw, key="abc")
    assert (found.uri, found.headers) == (uri, headers)
    assert sent(raw).uri == "https://api.example/go"
