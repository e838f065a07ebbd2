"""Peers that are given secrets, and some that quote them in what they refuse with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from tests.canaries import canary, found_in, token
from tests.counterparts import Counterpart, Received, Reply
from tests.counterparts.authority import Authority, Guard

USER, PASSWORD = "ada", canary("password")

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "/"}],
    "paths": {
        "/ok": {
            "get": {"operationId": "good", "parameters": [{"name": "X-Key", "in": "header", "schema": {"type": "string"}}], "responses": {}}
        },
        "/quoting": {
            "get": {"operationId": "bad", "parameters": [{"name": "key", "in": "query", "schema": {"type": "string"}}], "responses": {}}
        },
    },
}
ASYNCAPI = {
    "asyncapi": "3.0.0",
    "info": {"title": "t", "version": "1"},
    "servers": {"main": {"host": "HOST", "protocol": "http"}},
    "channels": {"good": {"address": "/ok"}, "bad": {"address": "/quoting"}},
    "operations": {
        "good": {"action": "send", "channel": {"$ref": "#/channels/good"}},
        "bad": {"action": "send", "channel": {"$ref": "#/channels/bad"}},
    },
}
FUNCTION = {"call": "http", "with": {"method": "get", "endpoint": "ORIGIN/quoting", "headers": {"X-Key": "${ $secrets.key }"}}}


@contextmanager
def serving() -> Iterator[Counterpart]:
    """`/ok` takes anything; `/quoting` refuses with all that it was sent, `/flaky` so for the first two times; `/away` redirects to a place that tells it."""
    with Counterpart() as peer:
        authority = Authority(peer)
        authority.answer = {"access_token": token("access"), "refresh_token": token("refresh"), "expires_in": 3600}
        Guard(peer, USER, PASSWORD)
        host = peer.origin.partition("//")[2]
        described = json.loads(json.dumps([OPENAPI, ASYNCAPI, FUNCTION]).replace("HOST", host).replace("ORIGIN", peer.origin))
        peer.replies |= {
            "/ok": Reply.json({"taken": True}),
            "/quoting": _quoted,
            "/flaky": lambda received: Reply.json({"taken": True}) if peer.count("flaky") > 2 else _quoted(received),
            "/away": lambda received: Reply(302, b"", {"Location": f"{peer.origin}/there?key={quote(received.headers.get('x-key', ''))}"}),
            "/challenged": lambda received: Reply(
                401, _quoted(received).body, {"WWW-Authenticate": "Digest realm=x, nonce=n, algorithm=SHA-256"}
            ),
            "/denied/token": _quoted,
            "/openapi.json": Reply.json(described[0]),
            "/asyncapi.json": Reply.json(described[1]),
            "/catalog/functions/quoting/1.0.0/function.yaml": Reply.json(described[2]),
            "/schema.json": lambda received: Reply.json({"type": "object"}) if found_in(str(received.headers).encode()) else Reply(401),
            "/mcp": _quoted,
            "/slow": lambda _: peer.hold("slow") or Reply.json({}),
        }
        yield peer


def _quoted(received: Received) -> Reply:
    """All that came, in the forms in which peers quote: as it is, in JSON, in a URI."""
    came = [*received.headers.values(), *(value for values in received.query.values() for value in values), received.body.decode()]
    return Reply.text("\n".join(form for one in came for form in (one, json.dumps(one), quote(one), quote_plus(one))), 500)
