"""Small documents of each version, each with one operation, `go`; and what a task that calls it sends."""

from __future__ import annotations

from typing import Any

from activities.openapi.description import operation
from activities.openapi.operation import Operation
from activities.openapi.request import Message, body_of, message
from interpreter.faults import Fault

URI = "https://docs.example/api/openapi.json"


def v2(parameters: Any = (), path: str = "/go", method: str = "post", item: Any = None, **root: Any) -> Any:
    """Swagger 2.0; members of the operation in `operation`."""
    own = {"operationId": "go", "parameters": list(parameters), **root.pop("operation", {})}
    return {"swagger": "2.0", "host": "api.example", "paths": {path: {method: own, **(item or {})}}, **root}


def v3(parameters: Any = (), path: str = "/go", method: str = "post", item: Any = None, **root: Any) -> Any:
    """OpenAPI 3.1; members of the operation in `operation`, the content of its body in `content`."""
    own = {"operationId": "go", "parameters": list(parameters), **root.pop("operation", {})}
    if "content" in root:
        own["requestBody"] = {"content": root.pop("content"), "required": root.pop("required", False)}
    found = {"openapi": "3.1.0", "servers": [{"url": "https://api.example"}], "paths": {path: {method: own, **(item or {})}}}
    return found | root


def read(raw: Any, id: str = "go", uri: str = URI) -> Operation:
    return operation(raw, id, uri=uri, shown=uri)


def sent(raw: Any, /, **parameters: Any) -> Message:
    return message(read(raw), parameters)


def body(raw: Any, /, **parameters: Any) -> tuple[bytes, str]:
    """The body of a call, and its media type."""
    content = sent(raw, **parameters).content
    assert content is not None, "no body"
    return body_of(content)


def refused(raw: Any, /, **parameters: Any) -> tuple[str, str]:
    """Type (its last part) and detail of the fault a call ends with before anything is sent."""
    try:
        found = sent(raw, **parameters)
        made = found.content and body_of(found.content)
    except Fault as error:
        return error.problem.type.rpartition("/")[2], error.problem.detail or ""
    raise AssertionError(f"not refused, but {found} with {made}")
