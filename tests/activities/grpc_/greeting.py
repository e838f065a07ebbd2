"""A gRPC server in the test's own process, for the document `PROTO`."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import grpc
from google.protobuf.message_factory import GetMessageClass

from activities.grpc_.protos import Proto, Sources, _compile

PROTO = """
syntax = "proto3";
package greet;
import "google/protobuf/timestamp.proto";

enum Mood { CALM = 0; GLAD = 1; }
message Person { string full_name = 1; int64 born = 2; Mood mood = 3; repeated string names = 4; bytes mark = 5; google.protobuf.Timestamp since = 6; optional int32 age = 7; bool known = 8; }
message Greeting { string text = 1; int64 count = 2; Person to = 3; bool last = 4; map<string, string> metadata = 5; }

service Greeter {
  rpc Greet(Person) returns (Greeting);
  rpc Echo(Person) returns (Person);
  rpc Fail(Person) returns (Greeting);
  rpc Slow(Person) returns (Greeting);
  rpc Garbage(Person) returns (Greeting);
  rpc Large(Person) returns (Greeting);
  rpc Count(Person) returns (stream Greeting);
  rpc Endless(Person) returns (stream Greeting);
  rpc Collect(stream Person) returns (Greeting);
  rpc Chat(stream Person) returns (stream Greeting);
}
service Other { rpc Nothing(Person) returns (Person); }
"""

TOKEN = "Bearer open-sesame"


class Greeter:
    """Runs while it is entered, by TLS with `credentials`; `received` is the metadata of every call, `cancelled` is set when a slow one is."""

    def __init__(self, credentials: Any = None) -> None:
        self.received: list[dict[str, Any]] = []
        self.slow, self.cancelled = threading.Event(), threading.Event()
        proto: Proto = _compile(Sources("greet.proto", PROTO))
        service = proto.pool.FindServiceByName("greet.Greeter")
        self._greeting = GetMessageClass(proto.pool.FindMessageTypeByName("greet.Greeting"))
        self._server = grpc.server(ThreadPoolExecutor(4))
        handlers = {name: self._handler(method) for name, method in service.methods_by_name.items()}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("greet.Greeter", handlers),))
        address = "127.0.0.1:0"
        self.port = self._server.add_secure_port(address, credentials) if credentials else self._server.add_insecure_port(address)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None).wait()

    def _handler(self, method: Any) -> Any:
        kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
        made = getattr(grpc, f"{kind}_rpc_method_handler")
        answering = getattr(self, f"_{method.name.lower()}")

        def answer(request: Any, context: Any) -> Any:
            self.received.append(dict(context.invocation_metadata()))
            return answering(request, context)

        return made(answer, GetMessageClass(method.input_type).FromString, None)

    def _say(self, **members: Any) -> bytes:
        return self._greeting(**members).SerializeToString()

    def _greet(self, person: Any, context: Any) -> bytes:
        if self.received[-1].get("authorization", TOKEN) != TOKEN:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, f"{self.received[-1]['authorization']} is not known here")
        return self._say(text=f"Hello, {person.full_name}!", count=9_007_199_254_740_993)

    def _echo(self, person: Any, context: Any) -> bytes:
        return person.SerializeToString()

    def _fail(self, person: Any, context: Any) -> bytes:
        context.abort(getattr(grpc.StatusCode, person.full_name), "as you like it")

    def _slow(self, person: Any, context: Any) -> bytes:
        context.add_callback(self.cancelled.set)
        self.slow.set()
        self.cancelled.wait(30)
        return b""

    def _garbage(self, person: Any, context: Any) -> bytes:
        return b"\xff\xff\xff"

    def _large(self, person: Any, context: Any) -> bytes:
        return self._say(text="x" * 10_000_001)

    def _count(self, person: Any, context: Any) -> Any:
        for number in range(person.born):
            yield self._say(count=number)

    def _endless(self, person: Any, context: Any) -> Any:
        while context.is_active():
            yield self._say(text="x" * 100_000)

    def _collect(self, people: Any, context: Any) -> bytes:
        return self._say(text=", ".join(person.full_name for person in people))

    def _chat(self, people: Any, context: Any) -> Any:
        for person in people:
            yield self._say(text=person.full_name)
