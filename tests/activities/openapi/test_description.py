from __future__ import annotations

import pytest

from interpreter.faults import Fault
from tests.activities.openapi.documents import read, v2, v3


def trouble(raw, id="go"):
    with pytest.raises(Fault) as raised:
        read(raw, id)
    assert raised.value.problem.type.endswith("configuration")
    return raised.value.problem.detail


@pytest.mark.parametrize("raw", [v2(), v3(), v3() | {"openapi": "3.0.3"}, v3() | {"openapi": "3.0"}])
@pytest.mark.parametrize("method", ["get", "put", "post", "delete", "options", "head", "patch", "trace"])
def test_an_operation_is_found_by_its_name(raw, method):
    raw = raw | {"paths": {"/a": {method: {"operationId": "go"}, "summary": "x"}, "x-more": 1, "/b": {"get": {"operationId": "come"}}}}
    found = read(raw)
    assert (found.id, found.method, found.path, found.server) == ("go", method.upper(), "/a", "https://api.example")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ([], "is no OpenAPI document: it is of type array"),
        ("text", "is no OpenAPI document"),
        ({}, "has neither 'swagger' nor 'openapi'"),
        ({"asyncapi": "3.0.0"}, "has neither 'swagger' nor 'openapi'"),
        ({"swagger": "1.2"}, "is of version 1.2; Swagger 2.0, OpenAPI 3.0 and 3.1 are understood"),
        ({"openapi": "4.0.0"}, "is of version 4.0.0"),
        ({"openapi": "3.1.0", "paths": []}, "/paths must be of type object"),
        ({"openapi": "3.1.0"}, "none of its operations has an 'operationId'"),
        ({"openapi": "3.1.0", "paths": {"/a": {"get": {}}}}, "none of its operations has an 'operationId'"),
    ],
)
def test_other_documents_are_refused(raw, told):
    assert told in trouble(raw)


def test_an_unknown_operation_is_told_with_those_there_are():
    told = trouble(v3(), "Go")
    assert "has no operation 'Go'" in told
    assert "did you mean 'go'?" in told
    many = {f"/{n}": {"get": {"operationId": f"operation{n}"}} for n in range(30)}
    told = trouble(v3() | {"paths": many}, "entirely different")
    assert "did you mean" not in told
    assert "operation19 and 10 more" in told


def test_a_name_that_stands_twice_calls_neither():
    raw = v3() | {"paths": {"/a": {"get": {"operationId": "go"}}, "/b": {"post": {"operationId": "go"}}}}
    assert "more than one operation 'go': GET /a, POST /b" in trouble(raw)


def test_what_is_broken_elsewhere_does_not_matter():
    broken = {"/x": {"$ref": "other.json#/x"}, "/y": {"get": {"operationId": 7}}, "/a": {"get": {"operationId": "go"}}}
    assert read(v3() | {"paths": broken}).path == "/a"
    assert "other.json" in trouble(v3() | {"paths": broken}, "other")


def test_a_path_may_be_a_reference():
    raw = v3() | {"paths": {"/a": {"$ref": "#/components/pathItems/A"}}, "components": {"pathItems": {"A": {"get": {"operationId": "go"}}}}}
    assert read(raw).path == "/a"
