"""The small service that the samples call: orders, jobs, a flaky address, the weather, a stock behind tokens, and a stub of a model's API.

Nothing but the standard library, nothing kept but in memory. By hand: `python samples/service.py [--port 8088] [--log FILE]`;
the log gets one JSON line per request, `{method, path, key, status}`, so that one can see what was called, how often, and with which idempotency key.
"""

from __future__ import annotations

import argparse
import json
import threading
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from re import fullmatch
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote_plus

PORT = 8088
FAILURES = 2
"""How often `/flaky/…` fails for each name before it works."""
LOOKS = 2
"""How often a job is looked at before it is done."""
CREDIT = 1000
"""The largest amount that a payment may have."""
CLIENT = ("flows", "open sesame")
"""Whom the service gives tokens to."""
STOCK = {"tea": 12, "pot": 3}
TEMPERATURES = {"lisbon": 24, "oslo": 9, "vienna": 17}
MESSAGES = {
    "asyncapi": "3.1.0",
    "info": {"title": "The samples' board of notes", "version": "1.0.0"},
    "servers": {"shop": {"host": f"localhost:{PORT}", "protocol": "http"}},
    "channels": {"board": {"address": "board", "messages": {"note": {"contentType": "application/json", "payload": {"type": "object"}}}}},
    "operations": {
        "announce": {"action": "send", "channel": {"$ref": "#/channels/board"}},
        "read": {"action": "receive", "channel": {"$ref": "#/channels/board"}},
    },
}
_DONE = {"description": "as asked", "content": {"application/json": {}}}
DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "The samples' service", "version": "1.0.0"},
    "servers": [{"url": "/"}],
    "paths": {
        "/weather/{city}": {
            "parameters": [{"name": "city", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {"operationId": "getWeather", "responses": {"200": _DONE}},
        },
        "/orders": {
            "post": {
                "operationId": "placeOrder",
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {"201": _DONE},
            }
        },
    },
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["customer", "items"],
                "properties": {"customer": {"type": "string"}, "items": {"type": "array", "items": {"type": "object"}}},
            }
        }
    },
}
"""What of the service is described in OpenAPI."""

FUNCTIONS: dict[str, Any] = {
    "fahrenheit:1.0.0": {
        "input": {"schema": {"document": {"required": ["celsius"]}}},
        "set": {"fahrenheit": "${ .celsius * 9 / 5 + 32 }"},
    },
}
"""The functions of the catalog below `/catalog`."""

Answer = tuple[int, Any]
Route = Callable[..., Answer]


class Shop:
    """What the service knows: orders, jobs, and how often each name was asked for."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._orders: dict[str, dict[str, Any]] = {}
        self._asked: Counter[str] = Counter()
        self._jobs: dict[str, Any] = {}
        self._board: list[Any] = []
        self._tokens: set[str] = set()

    def place(self, body: Any) -> Answer:
        """`POST /orders` with `{customer, items: [{name, price}]}`: a new order."""
        order = {"id": f"o-{next(self._numbers)}", **body, "total": sum(item["price"] for item in body["items"]), "state": "placed"}
        self._orders[order["id"]] = order
        return 201, order

    def order(self, _: Any, order: str) -> Answer:
        """`GET /orders/ID`: the order as it is now."""
        return (200, self._orders[order]) if order in self._orders else (404, {"message": f"no order {order}"})

    def reserve(self, _: Any, order: str) -> Answer:
        """`POST /orders/ID/reservation`: its items are set aside."""
        return self._move(order, "reserved")

    def release(self, _: Any, order: str) -> Answer:
        """`DELETE /orders/ID/reservation`: they are not any more."""
        return self._move(order, "released")

    def pay(self, _: Any, order: str) -> Answer:
        """`POST /orders/ID/payment`: refused with 402 above the credit."""
        if order in self._orders and self._orders[order]["total"] > CREDIT:
            return 402, {"message": f"the credit of {CREDIT} is not enough"}
        return self._move(order, "paid")

    def ship(self, _: Any, order: str) -> Answer:
        """`POST /orders/ID/shipment`: it is on its way."""
        return self._move(order, "shipped")

    def cancel(self, _: Any, order: str) -> Answer:
        """`DELETE /orders/ID`: it is called off."""
        return self._move(order, "cancelled")

    def begin(self, body: Any) -> Answer:
        """`POST /jobs` with anything: a job that takes a while."""
        job = f"j-{next(self._numbers)}"
        self._jobs[job] = body
        return 202, {"id": job, "state": "running"}

    def look(self, _: Any, job: str) -> Answer:
        """`GET /jobs/ID`: running for the first looks, then done."""
        if job not in self._jobs:
            return 404, {"message": f"no job {job}"}
        self._asked[job] += 1
        if self._asked[job] <= LOOKS:
            return 200, {"id": job, "state": "running"}
        return 200, {"id": job, "state": "done", "result": {"rows": 42, "of": self._jobs[job]}}

    def flaky(self, _: Any, name: str) -> Answer:
        """`GET` or `POST /flaky/NAME`: 503 at first, then fine."""
        self._asked[name] += 1
        if self._asked[name] <= FAILURES:
            return 503, {"message": "busy, try again"}
        return 200, {"name": name, "attempts": self._asked[name]}

    def weather(self, _: Any, city: str) -> Answer:
        """`GET /weather/CITY`."""
        found = TEMPERATURES.get(city)
        return (404, {"message": f"no weather for {city}"}) if found is None else (200, {"city": city, "temperature": found})

    def describe(self, _: Any) -> Answer:
        """`GET /openapi.json`."""
        return 200, DESCRIPTION

    def authority(self, _: Any) -> Answer:
        """`GET /.well-known/openid-configuration`: where tokens are given, under the name that the samples have for this service."""
        origin = f"http://localhost:{PORT}"
        return 200, {"issuer": origin, "token_endpoint": f"{origin}/oauth2/token"}

    def token(self, body: Any) -> Answer:
        """`POST /oauth2/token` with `{client_id, client_secret}`, in the body or in the header: a token for the stock."""
        if (body.get("client_id"), body.get("client_secret")) != CLIENT:
            return 401, {"error": "invalid_client"}
        token = f"t-{next(self._numbers)}"
        self._tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def stock(self, body: Any, thing: str) -> Answer:
        """`GET /stock/THING` with a token: how many there are."""
        if body.get("token") not in self._tokens:
            return 401, {"message": "who are you?"}
        return 200, {"thing": thing, "count": STOCK.get(thing, 0)}

    def function(self, _: Any, name: str, version: str) -> Answer:
        """`GET /catalog/functions/NAME/VERSION/function.yaml`: a function of the catalog that this service has, too (JSON is YAML)."""
        found = FUNCTIONS.get(f"{name}:{version}")
        return (404, {"message": f"no function {name}:{version}"}) if found is None else (200, found)

    def chat(self, body: Any) -> Answer:
        """`POST /v1/chat/completions`: a model that asks for the weather of each city named in the question, then answers."""
        messages = body["messages"]
        question = next(message["content"].lower() for message in messages if message["role"] == "user")
        told = [json.loads(message["content"]) for message in messages if message["role"] == "tool"]
        wanted = [city for city in TEMPERATURES if city in question and city not in {one["city"] for one in told}]
        if wanted:
            message = {
                "role": "assistant",
                "content": None,
                "tool_calls": [_tool_call(number, city) for number, city in enumerate(wanted, 1)],
            }
        else:
            sentence = " and ".join(f"{one['temperature']} degrees in {one['city'].title()}" for one in told)
            message = {"role": "assistant", "content": f"It is {sentence}." if told else "Which city?"}
        return 200, {"model": body["model"], "choices": [{"index": 0, "message": message}]}

    def announce(self, body: Any) -> Answer:
        """`POST /board` with anything: a note for whoever looks at the board next."""
        self._board.append(body)
        return 202, None

    def read(self, _: Any) -> Answer:
        """`GET /board`: the oldest note, which is then taken off; 204 where there is none."""
        return (200, self._board.pop(0)) if self._board else (204, None)

    def messages(self, _: Any) -> Answer:
        """`GET /asyncapi.json`: the board's description."""
        return 200, MESSAGES

    def echo(self, body: Any) -> Answer:
        """`POST /echo`: what was sent."""
        return 200, body

    def _move(self, order: str, state: str) -> Answer:
        if order not in self._orders:
            return 404, {"message": f"no order {order}"}
        self._orders[order]["state"] = state
        return 200, self._orders[order]


def _tool_call(number: int, city: str) -> Any:
    return {"id": f"call-{number}", "type": "function", "function": {"name": "weather", "arguments": json.dumps({"city": city})}}


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("POST", "/orders", Shop.place),
    ("GET", "/orders/([^/]+)", Shop.order),
    ("DELETE", "/orders/([^/]+)", Shop.cancel),
    ("POST", "/orders/([^/]+)/reservation", Shop.reserve),
    ("DELETE", "/orders/([^/]+)/reservation", Shop.release),
    ("POST", "/orders/([^/]+)/payment", Shop.pay),
    ("POST", "/orders/([^/]+)/shipment", Shop.ship),
    ("POST", "/jobs", Shop.begin),
    ("GET", "/jobs/([^/]+)", Shop.look),
    ("GET", "/flaky/([^/]+)", Shop.flaky),
    ("POST", "/flaky/([^/]+)", Shop.flaky),
    ("GET", "/weather/([^/]+)", Shop.weather),
    ("GET", "/openapi.json", Shop.describe),
    ("GET", "/.well-known/openid-configuration", Shop.authority),
    ("POST", "/oauth2/token", Shop.token),
    ("GET", "/stock/([^/]+)", Shop.stock),
    ("GET", "/catalog/functions/([^/]+)/([^/]+)/function.yaml", Shop.function),
    ("POST", "/v1/chat/completions", Shop.chat),
    ("POST", "/board", Shop.announce),
    ("GET", "/board", Shop.read),
    ("GET", "/asyncapi.json", Shop.messages),
    ("POST", "/echo", Shop.echo),
)


class Desk(BaseHTTPRequestHandler):
    """Takes one request after the other to the shop."""

    protocol_version = "HTTP/1.1"
    shop: ClassVar[Shop]
    lock: ClassVar[threading.Lock]
    log: ClassVar[Path | None]

    def do_GET(self) -> None:
        """Any method is answered alike."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.lock:
            status, content = self._answer(self._read(body))
            self._note(status)
        data = b"" if status == HTTPStatus.NO_CONTENT else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_DELETE = do_GET  # noqa: N815  the names the library calls

    def log_message(self, *_: Any) -> None:
        """Leave stderr to the command that is shown."""

    def _read(self, body: bytes) -> Any:
        """The body's value; of a form, and of a request with credentials, one object with what they say."""
        scheme, _, shown = self.headers.get("Authorization", "").partition(" ")
        told = {"token": shown} if scheme == "Bearer" else {}
        if scheme == "Basic":
            told = dict(zip(("client_id", "client_secret"), unquote_plus(b64decode(shown).decode()).split(":"), strict=True))
        if "form" in self.headers.get("Content-Type", ""):
            return {**dict(parse_qsl(body.decode())), **told}
        return json.loads(body) if body else told or None

    def _answer(self, body: Any) -> Answer:
        for method, pattern, route in ROUTES:
            match = fullmatch(pattern, self.path)
            if method == self.command and match:
                return route(self.shop, body, *match.groups())
        return 404, {"message": f"there is no {self.command} {self.path} here"}

    def _note(self, status: int) -> None:
        if self.log is not None:
            line = {"method": self.command, "path": self.path, "key": self.headers.get("Idempotency-Key"), "status": status}
            with self.log.open("a") as log:
                log.write(json.dumps(line) + "\n")


def server(port: int, log: Path | None = None) -> ThreadingHTTPServer:
    """The service, bound to a port of this machine (0: any free one) but not serving yet; `OSError` when the port is taken."""
    desk = type("OwnDesk", (Desk,), {"shop": Shop(), "lock": threading.Lock(), "log": log})
    return ThreadingHTTPServer(("127.0.0.1", port), desk)


@contextmanager
def serving(port: int = 0, log: Path | None = None) -> Iterator[str]:
    """The service in a thread of its own; gives its origin."""
    with server(port, log) as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}"
        service.shutdown()
        thread.join()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    with server(options.port, options.log) as service:
        print(f"http://localhost:{service.server_port}", flush=True)
        try:
            service.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
