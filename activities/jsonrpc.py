"""JSON-RPC 2.0 as a caller needs it, by HTTP or by other ways.

https://www.jsonrpc.org/specification
"""

from __future__ import annotations

from contextlib import suppress

from activities.http.client import Request, Stream
from activities.http.content import decoded, is_json
from activities.http.refusal import refusal
from activities.redact import Redaction
from interpreter.faults import Fault, fault
from interpreter.values import Json, encode

METHOD_NOT_FOUND = -32601

_NAMES = {
    -32700: "Parse error",
    -32600: "Invalid request",
    METHOD_NOT_FOUND: "Method not found",
    -32602: "Invalid params",
    -32603: "Internal error",
}
_CREDENTIALS = {401, 403}
_EXCERPT = 500
"""Characters of an error's data that are quoted."""


def request(id: Json, method: str, params: Json = None) -> dict[str, Json]:
    """A request, which wants an answer of the same id."""
    return {"jsonrpc": "2.0", "id": id, **notification(method, params)}


def notification(method: str, params: Json = None) -> dict[str, Json]:
    """A request that wants none."""
    return {"jsonrpc": "2.0", "method": method} if params is None else {"jsonrpc": "2.0", "method": method, "params": params}


def is_error(message: Json) -> bool:
    """Whether a value is an answer that tells an error."""
    match message:
        case {"error": {"code": int(), "message": str()}}:
            return True
    return False


def code_of(message: Json) -> int | None:
    """The code of an answer that tells an error."""
    return message["error"]["code"] if is_error(message) else None


def result(message: Json, what: str, redaction: Redaction) -> Json:
    """The result in an answer to `what`; a `runtime` fault for the error it tells, a `communication` fault where it is no answer.

    Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#standard-error-types
    """
    if is_error(message):
        error = message["error"]
        data = f" {redaction(encode(error['data']))[:_EXCERPT]}" if error.get("data") is not None else ""
        said = f"{redaction(error['message'])} (JSON-RPC error {error['code']}){data}"
        raise fault("runtime", f"{what}: {said}", title=_NAMES.get(error["code"]))
    if isinstance(message, dict) and message.get("jsonrpc") == "2.0" and "error" not in message and "method" not in message:
        return message.get("result")  # some leave out a result of null
    raise fault("communication", f"{what}: the answer is no JSON-RPC response", title="Response not understood")


async def explained(outgoing: Request, incoming: Stream, redaction: Redaction) -> Json:
    """The answer with which a peer explains a status that is not accepted; without one, or about credentials, a `communication` fault."""
    answer = await incoming.answer(accepted=False)
    if answer.status not in _CREDENTIALS and is_json(answer.content_type):
        with suppress(Fault):  # what is no JSON although it says so, or only its beginning, explains nothing
            told = decoded(answer.body, answer.content_type)
            if is_error(told):
                return told
    raise refusal(outgoing, answer, redaction)
