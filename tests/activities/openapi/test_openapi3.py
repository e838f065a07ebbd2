from __future__ import annotations

import pytest

from interpreter.faults import Fault
from tests.activities.openapi.documents import body, read, refused, sent, v3


@pytest.mark.parametrize(
    ("servers", "server"),
    [
        ([{"url": "https://a.example/v1/"}, {"url": "https://b.example"}], "https://a.example/v1"),
        ([], "https://docs.example"),
        ([{"url": "/v2"}], "https://docs.example/v2"),
        ([{"url": "v2"}], "https://docs.example/api/v2"),
        ([{"url": "../v3"}], "https://docs.example/v3"),
        ([{"url": "//c.example/v1"}], "https://c.example/v1"),
        (
            [
                {
                    "url": "{scheme}://{host}/v{n}",
                    "variables": {"scheme": {"default": "http"}, "host": {"default": "d.example:81"}, "n": {"default": "4"}},
                }
            ],
            "http://d.example:81/v4",
        ),
    ],
)
def test_the_first_server_relative_to_the_document(servers, server):
    assert read(v3(servers=servers)).server == server


def test_the_nearest_server_counts():
    own, paths = [{"url": "https://own.example"}], {"servers": [{"url": "https://path.example"}]}
    assert read(v3(operation={"servers": own}, item=paths)).server == "https://own.example"
    assert read(v3(item=paths)).server == "https://path.example"


def test_credentials_of_the_document_are_not_those_of_the_call():
    assert read(v3(servers=[]), uri="https://ada:word@docs.example/a.json?key=1").server == "https://docs.example"


@pytest.mark.parametrize(
    ("servers", "told"),
    [
        ([{"url": "ftp://a.example"}], "'ftp://a.example' is no http or https address"),
        ([{"url": "http://"}], "is no http or https address"),
        ([{"url": "https://[a"}], "is no http or https address"),
        ([{"url": "https://{host}"}], "must have 'default'"),
        ([{}], "/servers/0 must have 'url'"),
    ],
)
def test_servers_that_cannot_be_called(servers, told):
    kind, detail = refused(v3(servers=servers))
    assert kind == "configuration"
    assert told in detail


def test_a_document_from_a_file_must_name_its_server():
    with pytest.raises(Fault, match="not usable"):
        read(v3(servers=[]), uri="file:///api.json")


@pytest.mark.parametrize(
    ("parameter", "value", "query"),
    [
        ({}, [1, 2], "q=1&q=2"),
        ({"explode": False}, [1, 2], "q=1,2"),
        ({"style": "spaceDelimited"}, [1, 2], "q=1%202"),
        ({"style": "pipeDelimited", "explode": True}, [1, 2], "q=1&q=2"),
        ({"style": "deepObject"}, {"a": 1}, "q%5Ba%5D=1"),
        ({"allowReserved": True}, "a/b", "q=a/b"),
        ({}, "a/b", "q=a%2Fb"),
        ({"content": {"application/json": {}}}, {"a": 1}, "q=%7B%22a%22%3A1%7D"),
        ({"content": {"text/plain": {}}}, "a b", "q=a%20b"),
        ({"schema": {"type": "array"}, "explode": False}, "x", "q=x"),
        ({}, "", "q="),
    ],
)
def test_parameters_in_the_query(parameter, value, query):
    assert sent(v3([{"name": "q", "in": "query", **parameter}]), q=value).uri == f"https://api.example/go?{query}"


@pytest.mark.parametrize(
    ("parameter", "value", "path"),
    [
        ({}, "a b/c", "/a%20b%2Fc/end"),
        ({}, [1, 2], "/1,2/end"),
        ({"style": "label", "explode": True}, [1, 2], "/.1.2/end"),
        ({"style": "matrix"}, 7, "/;id=7/end"),
    ],
)
def test_parameters_in_the_path(parameter, value, path):
    assert sent(v3([{"name": "id", "in": "path", **parameter}], path="/{id}/end"), id=value).uri == f"https://api.example{path}"


def test_a_name_in_the_path_that_nobody_declared_is_a_parameter():
    assert sent(v3(path="/{a}/{b}:run"), a="x", b=1).uri == "https://api.example/x/1:run"
    assert refused(v3(path="/{a}"))[0] == "validation"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_cannot_be_made_to_lead_elsewhere(value):
    assert refused(v3(path="/pets/{id}/x"), id=value)[0] == "validation"


def test_parameters_in_headers_and_cookies():
    raw = v3([{"name": "X-A", "in": "header"}, {"name": "s", "in": "cookie"}, {"name": "t", "in": "cookie"}])
    assert sent(raw, **{"X-A": {"a": 1}, "s": "x y", "t": [1, 2]}).headers == (("X-A", "a,1"), ("Cookie", "s=x%20y; t=1; t=2"))


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        (
            {"name": "q", "in": "query", "style": "matrix"},
            "in query there is form, spaceDelimited, pipeDelimited, deepObject, not 'matrix'",
        ),
        ({"name": "q", "in": "body"}, "must be one of path, query, header, cookie, not 'body'"),
        ({"in": "query"}, "/paths/~1go/post/parameters/0 must have 'name'"),
        ({"$ref": "#/components/parameters/Q"}, "where nothing stands"),
    ],
)
def test_parameters_that_make_no_sense_are_told_with_their_place(parameter, told):
    kind, detail = refused(v3([parameter]), q=1)
    assert kind == "configuration"
    assert told in detail


def test_parameters_of_the_path_are_inherited_and_replaced():
    item = {"parameters": [{"name": "a", "in": "query", "explode": False}, {"name": "b", "in": "query", "explode": False}]}
    raw = v3([{"name": "b", "in": "query"}], item=item)
    assert sent(raw, a=[1, 2], b=[1, 2]).uri == "https://api.example/go?b=1&b=2&a=1,2"


CONTENT = {
    "application/xml": {},
    "application/json": {"schema": {"properties": {"a": {}, "id": {"readOnly": True}}, "required": ["a", "id"]}},
}


def test_a_body_is_json_where_it_may_be():
    assert body(v3(content=CONTENT), body={"b": 1}) == (b'{"b":1}', "application/json")
    assert body(v3(content=CONTENT), a=1) == (b'{"a":1}', "application/json")
    assert body(v3(content={"application/vnd.x+json": {}}), body="text") == (b'"text"', "application/vnd.x+json")


def test_what_is_read_only_is_not_demanded():
    assert refused(v3(content=CONTENT), id=1) == (
        "validation",
        "the operation 'go' needs a (in the body): absent from the task's parameters, or null",
    )


@pytest.mark.parametrize("name", ["x-bodyName", "x-codegen-request-body-name"])
def test_a_body_may_have_a_name_of_its_own(name):
    raw = v3(operation={"requestBody": {name: "pet", "content": {"application/json": {}}}})
    assert body(raw, pet=1)[0] == b"1"


def test_a_body_may_be_a_reference_and_its_schema_put_together():
    schemas = {
        "A": {"properties": {"a": {"type": "string"}}, "required": ["a"]},
        "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": True}}]},
    }
    bodies = {"One": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/B"}}}}}
    raw = v3(
        operation={"requestBody": {"$ref": "#/components/requestBodies/One"}}, components={"schemas": schemas, "requestBodies": bodies}
    )
    assert body(raw, a="x", b=[1]) == (b'{"a":"x","b":[1]}', "application/json")
    assert refused(raw, b=1)[0] == "validation"


@pytest.mark.parametrize(
    ("content", "value", "found"),
    [
        ({"text/plain": {}}, "é", ("é".encode(), "text/plain")),
        ({"text/plain": {}}, 7, (b"7", "text/plain")),
        ({"application/xml": {}}, "<a/>", (b"<a/>", "application/xml")),
        ({"application/octet-stream": {}}, "AP8=", (b"\x00\xff", "application/octet-stream")),
        (
            {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "AP8=",
            (b"\x00\xff", "application/octet-stream"),
        ),
        ({"application/x-own": {"schema": {"type": "string"}}}, "text", (b"text", "application/x-own")),
        ({"application/x-own": {"schema": {"type": ["string", "null"]}}}, "text", (b"text", "application/x-own")),
        ({"image/png": {"schema": {"type": "string"}}}, "AP8=", (b"\x00\xff", "image/png")),
        ({"*/*": {}}, {"a": 1}, (b'{"a":1}', "application/json")),
    ],
)
def test_other_bodies(content, value, found):
    assert body(v3(content=content), body=value) == found


@pytest.mark.parametrize(
    ("content", "value", "told"),
    [
        ({"application/xml": {}}, {"a": 1}, "sent as application/xml and must be given as it goes out, as a text"),
        ({"image/*": {}}, "AP8=", "say which by a parameter 'Content-Type'"),
        ({"image/png": {}}, "no base64", "is not base64"),
        ({}, 1, "the document gives no media type"),
    ],
)
def test_bodies_that_cannot_be_written(content, value, told):
    assert told in refused(v3(content=content), body=value)[1]


def test_the_form_of_a_body_can_be_chosen():
    content = {"application/json": {}, "application/xml; charset=utf-8": {}, "image/*": {}}
    assert body(v3(content=content), **{"Content-Type": "application/xml", "body": "<a/>"}) == (b"<a/>", "application/xml")
    assert body(v3(content=content), **{"content-type": "image/gif", "body": "AP8="}) == (b"\x00\xff", "image/gif")
    kind, told = refused(v3(content=content), **{"Content-Type": "text/csv", "body": "a"})
    assert kind == "configuration"
    assert "may be application/json, application/xml; charset=utf-8, image/*, not text/csv" in told


FIELDS = {
    "plain": {"type": "string"},
    "list": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object"},
    "objects": {"type": "array", "items": {"type": "object"}},
    "file": {"type": "string", "format": "binary"},
    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
    "new": {"type": "string", "contentMediaType": "image/png"},
    "text64": {"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"},
}


def test_a_form_by_its_schema():
    raw = v3(content={"application/x-www-form-urlencoded": {"schema": {"properties": FIELDS}}})
    text, kind = body(raw, plain="a b", list=["x", "y"], object={"k": 1}, objects=[{"k": 1}, {"k": 2}])
    assert kind == "application/x-www-form-urlencoded"
    assert text == b"plain=a%20b&list=x&list=y&object=%7B%22k%22%3A1%7D&objects=%7B%22k%22%3A1%7D&objects=%7B%22k%22%3A2%7D"
    assert body(raw, body={"unknown": {"a": 1}, "none": None, "n": 1})[0] == b"unknown=%7B%22a%22%3A1%7D&n=1"


def test_a_form_by_its_encoding():
    encoding = {"list": {"explode": False}, "object": {"style": "deepObject"}, "plain": {"contentType": "application/json"}}
    raw = v3(content={"application/x-www-form-urlencoded": {"schema": {"properties": FIELDS}, "encoding": encoding}})
    assert body(raw, list=[1, 2], object={"k": 1}, plain="x")[0] == b"list=1,2&object%5Bk%5D=1&plain=%22x%22"


def test_parts_by_their_schema_and_encoding():
    raw = v3(
        content={"multipart/form-data": {"schema": {"properties": FIELDS}, "encoding": {"plain": {"contentType": "text/csv, text/plain"}}}}
    )
    given = {
        "plain": "a,b",
        "object": {"k": 1},
        "file": "AP8=",
        "files": ["AA==", {"filename": "b.gif", "content": "AQ=="}],
        "new": "Ag==",
        "text64": "Aw==",
    }
    text, _ = body(raw, **given)
    parts = [part.partition(b"\r\n\r\n") for part in text.split(b"--" + text.split(b"\r\n")[0][2:])[1:-1]]
    assert [(head.decode().strip().split("\r\n"), content.removesuffix(b"\r\n")) for head, _, content in parts] == [
        (['Content-Disposition: form-data; name="plain"', "Content-Type: text/csv"], b"a,b"),
        (['Content-Disposition: form-data; name="object"', "Content-Type: application/json"], b'{"k":1}'),
        (['Content-Disposition: form-data; name="file"; filename="file"', "Content-Type: application/octet-stream"], b"\x00\xff"),
        (['Content-Disposition: form-data; name="files"; filename="files"', "Content-Type: application/octet-stream"], b"\x00"),
        (['Content-Disposition: form-data; name="files"; filename="b.gif"', "Content-Type: image/gif"], b"\x01"),
        (['Content-Disposition: form-data; name="new"; filename="new"', "Content-Type: application/octet-stream"], b"\x02"),
        (['Content-Disposition: form-data; name="text64"'], b"Aw=="),
    ]


def test_answers_are_asked_for_as_json_first():
    responses = {
        "200": {"content": {"text/csv": {}, "application/json": {}}},
        "404": {"content": {"text/html": {}}},
        "default": {"content": {"application/problem+json": {}}},
    }
    accept = "application/json, application/problem+json;q=0.8, text/csv;q=0.8, */*;q=0.1"
    assert sent(v3(operation={"responses": responses})).headers == (("Accept", accept),)
    assert sent(v3(operation={"responses": responses}), Accept="text/csv").headers == (("Accept", "text/csv"),)


def test_an_api_key_is_a_parameter_by_its_name():
    schemes = {"k": {"type": "apiKey", "in": "cookie", "name": "sid"}, "h": {"type": "http", "scheme": "bearer"}}
    raw = v3(components={"securitySchemes": schemes}, security=[{"k": []}])
    assert sent(raw, sid="abc").headers == (("Cookie", "sid=abc"),)


def test_a_declared_authorization_need_not_be_given():
    raw = v3([{"name": "Authorization", "in": "header", "required": True}, {"name": "Accept", "in": "header", "required": True}])
    assert sent(raw).headers == ()
    assert sent(raw, Authorization="Token x").headers == (("Authorization", "Token x"),)
