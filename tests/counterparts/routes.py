"""What is answered where.

/v2/…                         the pet store: swagger.json, pet/findByStatus, pet/ID
/basic-auth/USER/PASSWORD     200 to these credentials, else 401
/bearer/TOKEN                 200 to this token, else 401
/echo[/…]                     the request as JSON
/status/CODE                  that status, with a sentence
/flaky/NAME/N                 503 for the first N calls with this name, then {"call": n}
/slow/NAME                    nothing until the test releases the name
/redirect/CODE?to=URI         a redirection
/bytes/N                      N bytes
/binary                       a few bytes that are no text
/bomb                         a few kilobytes that decompress to 1 GB
/garbage/json|protocol|cut|gzip|silence   answers that break a promise
/events                       the event sink
"""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from tests.counterparts.messages import Received, Reply
from tests.counterparts.petstore import PETS, SWAGGER

if TYPE_CHECKING:
    from tests.counterparts.server import Counterpart

Route: TypeAlias = "Callable[[list[str], Received, Counterpart], Reply | None]"
"""The answer to the rest of a path, None where there is nothing."""


def route(received: Received, counterpart: Counterpart) -> Reply:
    """The answer to a request."""
    first, *rest = received.parts
    found = _ROUTES[first](rest, received, counterpart) if first in _ROUTES else None
    return found or Reply.text("nothing here", 404)


def _petstore(parts: list[str], received: Received, _: Counterpart) -> Reply:
    match parts:
        case ["swagger.json"]:
            return Reply.json(SWAGGER)
        case ["pet", "findByStatus"]:
            wanted = {status for given in received.query.get("status", []) for status in given.split(",")}
            return Reply.json([pet for pet in PETS if pet["status"] in wanted])
        case ["pet", number] if found := [pet for pet in PETS if str(pet["id"]) == number]:
            return Reply.json(found[0])
    return Reply.json({"code": 1, "type": "error", "message": "Pet not found"}, 404)


def _basic(parts: list[str], received: Received, _: Counterpart) -> Reply:
    user, password = parts
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return _guarded(received, f"Basic {token}", {"authenticated": True, "user": user})


def _bearer(parts: list[str], received: Received, _: Counterpart) -> Reply:
    (token,) = parts
    return _guarded(received, f"Bearer {token}", {"authenticated": True, "token": token})


def _guarded(received: Received, expected: str, content: object) -> Reply:
    if received.headers.get("authorization") == expected:
        return Reply.json(content)
    return Reply(401, b"", {"WWW-Authenticate": expected.split(maxsplit=1)[0]})


def _echo(_: list[str], received: Received, __: Counterpart) -> Reply:
    return Reply.json(
        {
            "method": received.method,
            "path": received.path,
            "query": received.query,
            "headers": received.headers,
            "body": received.body.decode("utf-8", "replace"),
        }
    )


def _status(parts: list[str], _: Received, __: Counterpart) -> Reply:
    return Reply.text(f"this is a {parts[0]}", int(parts[0]))


def _flaky(parts: list[str], _: Received, counterpart: Counterpart) -> Reply:
    name, failures = parts
    call = counterpart.count(f"flaky/{name}")
    return Reply.text("come back later", 503) if call <= int(failures) else Reply.json({"call": call})


def _slow(parts: list[str], _: Received, counterpart: Counterpart) -> Reply:
    counterpart.hold(parts[0])
    return Reply.json({"slow": parts[0]})


def _redirect(parts: list[str], received: Received, _: Counterpart) -> Reply:
    return Reply(int(parts[0]), b"moved", {"Content-Type": "text/plain", "Location": received.query["to"][0]})


def _bytes(parts: list[str], _: Received, __: Counterpart) -> Reply:
    return Reply(200, b"x" * int(parts[0]), _BINARY)


def _bomb(_: list[str], __: Received, ___: Counterpart) -> Reply:
    return Reply(200, _zeros(), {"Content-Type": "text/plain", "Content-Encoding": "gzip"})


@cache
def _zeros() -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    piece = bytes(1 << 20)
    return b"".join([*(packing.compress(piece) for _ in range(1024)), packing.flush()])


_BINARY = {"Content-Type": "application/octet-stream"}
_JSON = {"Content-Type": "application/json"}

_GARBAGE = {
    "json": Reply(200, b'{"broken": ', _JSON),
    "protocol": Reply(raw=b"this is not HTTP\r\n\r\n"),
    "silence": Reply(raw=b""),
    "cut": Reply(200, b'{"half":', {**_JSON, "Content-Length": "1000"}, cut=True),
    "gzip": Reply(200, gzip.compress(b'{"a": 1}')[:-9], {**_JSON, "Content-Encoding": "gzip"}),
}

_ROUTES: dict[str, Route] = {
    "v2": _petstore,
    "basic-auth": _basic,
    "bearer": _bearer,
    "echo": _echo,
    "status": _status,
    "flaky": _flaky,
    "slow": _slow,
    "redirect": _redirect,
    "bytes": _bytes,
    "binary": lambda *_: Reply(200, b"\x00\xff\xfe\x01", _BINARY),
    "bomb": _bomb,
    "garbage": lambda parts, *_: _GARBAGE[parts[0]],
    "events": lambda *_: Reply(202),
}
