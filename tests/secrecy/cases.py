"""Documents that use every kind of credential in every kind of call: where they serve, and where they go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from interpreter.values import Json
from tests.activities.test_call_mcp import STUB
from tests.canaries import canary, token, watched
from tests.certificates import Authority
from tests.secrecy.peers import PASSWORD, USER

KEY = "${ $secrets.key }"


def secrets() -> dict[str, Json]:
    """Those of the worker, by name."""
    pair = Authority().pair("worker")
    return {
        "key": canary("key"),
        "token": token("token"),
        "login": {"username": USER, "password": PASSWORD},
        "bearer": {"token": token("bearer")},
        "client": {"id": "flows", "secret": canary("client")},
        "tls": {"tls.crt": pair.certificate, "tls.key": watched(pair.key)},
    }


class Case(NamedTuple):
    """`ends` are the statuses of the error that may end the run, None where it completes."""

    name: str
    do: list[Json]
    ends: tuple[int | None, ...] = (None,)


def cases(origin: str, grpc: str) -> Iterator[Case]:
    """With peers at these addresses (a URL, and a port at which nobody speaks gRPC)."""
    yield from _authenticated(origin)
    yield from _deferred(origin)
    yield from _broken(origin)
    yield from _retried(origin)
    yield from _described(origin, grpc)
    yield from _processes()


def _http(uri: str, method: str = "get", **more: Json) -> Json:
    return {"call": "http", "with": {"method": method, "endpoint": {"uri": uri}, **more}}


def _by(origin: str, path: str, policy: Json) -> list[Json]:
    return [{"call": {"call": "http", "with": {"method": "get", "endpoint": {"uri": origin + path, "authentication": policy}}}}]


def _policies(origin: str) -> Iterator[tuple[str, Json]]:
    client = {"id": "${ $secrets.client.id }", "secret": "${ $secrets.client.secret }"}
    yield "basic by name", {"basic": {"use": "login"}}
    yield "basic by expressions", {"basic": {"username": "ada", "password": "${ $secrets.login.password }"}}
    yield "bearer", {"bearer": {"use": "bearer"}}
    for method in ("client_secret_post", "client_secret_basic", "client_secret_jwt"):
        yield (
            f"oauth2 {method}",
            {"oauth2": {"authority": origin, "grant": "client_credentials", "client": {**client, "authentication": method}}},
        )
    user = {"grant": "password", "username": USER, "password": "${ $secrets.login.password }"}
    yield "oauth2 password", {"oauth2": {"authority": origin, "client": client, **user}}
    yield "oidc", {"oidc": {"authority": f"{origin}/oidc", "grant": "client_credentials", "client": client}}


def _authenticated(origin: str) -> Iterator[Case]:
    for name, policy in _policies(origin):
        yield Case(f"{name}, taken", _by(origin, "/ok", policy))
        yield Case(f"{name}, refused", _by(origin, "/quoting", policy), (500,))
    denied = {"authority": origin, "endpoints": {"token": "/denied/token"}, "grant": "client_credentials"}
    client = {"id": "flows", "secret": "${ $secrets.client.secret }"}
    yield Case("oauth2, denied by an authority that quotes", _by(origin, "/ok", {"oauth2": {**denied, "client": client}}), (401,))
    yield Case("digest, taken", _by(origin, "/digest", {"digest": {"use": "login"}}))
    yield Case("digest, refused", _by(origin, "/challenged", {"digest": {"use": "login"}}), (401,))
    yield Case("basic, with what is none", _by(origin, "/ok", {"basic": {"username": KEY, "password": "${ $secrets.client }"}}), (401,))
    shown = {"headers": {"X-Mine": "${ $authorization.parameter }"}}
    task = {
        "call": "http",
        "with": {"method": "get", "endpoint": {"uri": f"{origin}/quoting", "authentication": {"bearer": {"use": "bearer"}}}, **shown},
    }
    yield Case("$authorization", [{"call": task}], (500,))
    certificate = {**_http(f"{origin}/quoting"), "metadata": {"swtemporal": {"clientCertificate": "tls"}}}
    yield Case("a client certificate", [{"call": certificate}], (500,))


def _deferred(origin: str) -> Iterator[Case]:
    for path, ends in (("/ok", (None,)), ("/quoting", (500,))):
        yield Case(f"headers {path}", [{"call": _http(origin + path, headers={"X-Key": KEY})}], ends)
        yield Case(f"query {path}", [{"call": _http(origin + path, query={"k": KEY})}], ends)
        yield Case(f"body {path}", [{"call": _http(origin + path, "post", body={"deep": [{"k": KEY, "all": "${ $secrets }"}]})}], ends)
        yield Case(f"address {path}", [{"call": _http(f"${{ '{origin}{path}?k=' + ($secrets.key | @uri) }}".replace("'", '"'))}], ends)
        yield Case(f"response {path}", [{"call": _http(origin + path, headers={"X-Key": KEY}, output="response")}], ends)


def _broken(origin: str) -> Iterator[Case]:
    secretly = {"headers": {"X-Key": KEY}}
    yield Case("an expression that fails", [{"call": _http(f"{origin}/ok", headers={"X": "${ $secrets.key | tonumber }"})}], (400,))
    yield Case("an expression that says what it saw", [{"call": _http(f"{origin}/ok", headers={"X": "${ error($secrets.key) }"})}], (400,))
    yield Case("a member of what has none", [{"call": _http(f"{origin}/ok", headers={"X": "${ $secrets.key.a.b }"})}], (400,))
    yield Case("a secret for an address", [{"call": _http(KEY)}], (400,))
    yield Case("a secret for a host", [{"call": _http('${ "http://" + $secrets.token + ".invalid/" }')}], (500,))
    yield Case("nobody there", [{"call": _http("http://127.0.0.1:1/", query={"k": KEY}, **secretly)}], (500,))
    yield Case("a redirection that tells it", [{"call": _http(f"{origin}/away", **secretly)}], (302,))
    for kind in ("json", "protocol", "cut", "gzip"):
        yield Case(f"garbage: {kind}", [{"call": _http(f"{origin}/garbage/{kind}", **secretly)}], (500,))
    late = {**_http(f"{origin}/slow", **secretly), "timeout": {"after": {"milliseconds": 300}}}
    yield Case("too late", [{"call": late}], (408, 504))
    yield Case("an undeclared one", [{"call": _http(f"{origin}/ok", headers={"X": "${ $secrets.other }"})}], (403,))
    caught = {"errors": {"with": {"status": 500}}, "as": "why", "do": [{"keep": {"set": {"why": "${ $why }"}}}]}
    yield Case("an error that becomes data", [{"all": {"try": [{"call": _http(f"{origin}/quoting", **secretly)}], "catch": caught}}])


def _retried(origin: str) -> Iterator[Case]:
    again = {"retry": {"delay": {"milliseconds": 20}, "limit": {"attempt": {"count": 3}}}}
    for name, more in (("by its activity", {}), ("by the run", {"when": "${ true }"})):
        calls = [{"call": _http(f"{origin}/quoting", headers={"X-Key": KEY})}]
        yield Case(f"retried {name}", [{"all": {"try": calls, "catch": {**again, **more}}}], (500,))
    yield Case(
        "retried until it is taken", [{"all": {"try": [{"call": _http(f"{origin}/flaky", headers={"X-Key": KEY})}], "catch": again}}]
    )


def _described(origin: str, grpc: str) -> Iterator[Case]:
    document = {"endpoint": f"{origin}/openapi.json"}
    for operation, ends in (("good", (None,)), ("bad", (500,))):
        openapi = {"document": document, "operationId": operation, "authentication": {"bearer": {"use": "bearer"}}}
        openapi["parameters"] = {"X-Key": KEY} if operation == "good" else {"key": KEY}
        yield Case(f"openapi, {operation}", [{"call": {"call": "openapi", "with": openapi}}], ends)
        message = {"payload": {"k": KEY}, "headers": {"X-Key": KEY}}
        asyncapi = {"document": {"endpoint": f"{origin}/asyncapi.json"}, "operation": operation, "message": message}
        asyncapi["authentication"] = {"basic": {"use": "login"}}
        yield Case(f"asyncapi, {operation}", [{"call": {"call": "asyncapi", "with": asyncapi}}], ends)
    service = {"name": "greet.Greeter", "host": "127.0.0.1", "port": int(grpc), "authentication": {"bearer": {"use": "bearer"}}}
    greeting = {"proto": {"endpoint": "file://greet.proto"}, "service": service, "method": "Greet", "arguments": {"fullName": KEY}}
    yield Case("grpc, nobody there", [{"call": {"call": "grpc", "with": greeting}}], (503,))
    endpoint = {"uri": f"{origin}/mcp", "authentication": {"bearer": {"use": "bearer"}}}
    http = {"http": {"endpoint": endpoint, "headers": {"X-Key": KEY}}}
    yield Case("mcp by http", [{"call": {"call": "mcp", "with": {"method": "tools/list", "transport": http}}}], (500,))
    for arguments, ends in (([], (None,)), (["die"], (500,))):
        stdio = {"stdio": {"command": "python3", "arguments": ["-I", "-S", STUB, *arguments], "environment": {"TOKEN": KEY}}}
        yield Case(f"mcp by stdio {arguments}", [{"call": {"call": "mcp", "with": {"method": "tools/list", "transport": stdio}}}], ends)
    agent = {"method": "message/send", "server": endpoint, "parameters": {"message": {"parts": [{"kind": "text", "text": KEY}]}}}
    yield Case("a2a", [{"call": {"call": "a2a", "with": agent}}], (500,))
    yield Case("a function of a catalog", [{"call": {"call": "quoting:1.0.0@mine"}}], (500,))
    schema = {"resource": {"endpoint": {"uri": f"{origin}/schema.json", "authentication": {"basic": {"use": "login"}}}}}
    yield Case("a schema behind a login", [{"take": {"input": {"schema": schema}, "set": {"a": 1}}}])


_TELLING = {
    "python": "import os, sys\nsys.exit(f'{os.environ} {sys.argv} {sys.stdin.read()}')",
    "shell": "env >&2; cat >&2; echo $1 >&2; exit 3",
}


def _processes() -> Iterator[Case]:
    given = {"environment": {"KEY": KEY}, "stdin": "${ $secrets.client | tojson }", "arguments": [KEY]}
    yield Case("a script", [{"run": {"run": {"script": {"language": "python", "code": "pass", **given}}}}])
    yield Case(
        "a script that fails, and tells",
        [{"run": {"run": {"script": {"language": "python", "code": _TELLING["python"], **given}}}}],
        (500,),
    )
    yield Case("a command", [{"run": {"run": {"shell": {"command": "cat >/dev/null", **given}}}}])
    yield Case("a command that fails, and tells", [{"run": {"run": {"shell": {"command": _TELLING["shell"], **given}}}}], (500,))
    yield Case("a command that is the secret", [{"run": {"run": {"shell": {"command": "${ $secrets.token }"}}}}], (500,))


def variables() -> dict[str, str]:
    """The worker's environment."""
    return {
        f"SWTEMPORAL_SECRET_{name.upper()}": value if isinstance(value, str) else json.dumps(value) for name, value in secrets().items()
    }
