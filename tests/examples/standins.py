"""Those whom the examples talk to, on free ports of this machine: a server for every HTTP host, and who else is needed by name."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from activities.http.origins import origin_of
from interpreter.values import Json, encode
from tests.counterparts import Counterpart, Received, Reply, dockerd

HERE = Path(__file__).parent
PETSTORE = "https://petstore.swagger.io"
BREATH = 0.05
"""Seconds between two things that somebody says who never stops."""


@dataclass(frozen=True)
class Place:
    """Where a stand-in finds what it needs."""

    folder: Path
    """An empty folder of the test's own; the command is typed there."""
    patch: pytest.MonkeyPatch
    counterpart: Counterpart


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a stand-in gives: origins it stands in for, words that stand for what only it knows, and options of the command."""

    origins: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()
    """More of the command line."""


Need = Callable[[Place, Json], AbstractContextManager[Standing]]
NEEDS: dict[str, Need] = {}
"""Everybody who is no HTTP server, by the name that the tables use."""


@contextmanager
def aside() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(_settled(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _settled() -> None:
    """What was started in a loop has ended, too."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def need(enter: Callable[[Place, Any], Iterator[Standing]]) -> Callable[[Place, Any], AbstractContextManager[Standing]]:
    """Make a stand-in known under its function's name."""
    found = NEEDS[enter.__name__] = contextmanager(enter)
    return found


def scripted(counterpart: Counterpart, http: Mapping[str, Sequence[Json]], words: Mapping[str, str]) -> dict[str, str]:
    """Have the counterpart answer as a table says, and as the pet store where it says nothing; gives the origins it stands in for."""
    left: dict[str, list[Json]] = {}
    origins = {PETSTORE: counterpart.origin}
    for request, answers in http.items():
        method, _, url = request.partition(" ")
        parts = urlsplit(url)
        origins[origin_of(parts)] = counterpart.origin
        left[f"{method} {parts.path}"] = json.loads(_worded(encode(list(answers)), words))
        counterpart.replies[parts.path] = lambda received: _next(counterpart, left, received)
    return origins


def _next(counterpart: Counterpart, left: dict[str, list[Json]], received: Received) -> Reply:
    route = f"{received.method} {received.path}"
    if route not in left:
        return Reply.text(f"the table has no {route}", 405)
    answers = left[route]
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if answer.get("held"):
        counterpart.hold(received.path)
    if answer.get("token") not in {None, received.headers.get("authorization")}:
        return Reply.text("who are you?", 401)
    headers, status = answer.get("headers", {}), answer.get("status", 200)
    if "text" in answer:
        return Reply(status, answer["text"].encode(), {"Content-Type": "text/plain; charset=utf-8", **headers})
    return Reply.json(answer["json"], status, **headers) if "json" in answer else Reply(status, b"", headers)


def _worded(text: str, words: Mapping[str, str]) -> str:
    for word, meaning in words.items():
        text = text.replace(f"<{word}>", meaning)
    return text


@need
def grpc(place: Place, _: None) -> Iterator[Standing]:
    """A greeter without reflection, and its `.proto` where the example says that it is: beside the document, in `app`."""
    import grpc as library
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    folder = place.folder / "app"
    folder.mkdir()
    (folder / "greet.proto").write_bytes((HERE / "greet.proto").read_bytes())
    compiled = place.folder / "compiled"
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={HERE}", f"--descriptor_set_out={compiled}", "greet.proto"], check=True
    )
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes()).file:
        pool.Add(file)
    request, reply = (
        message_factory.GetMessageClass(pool.FindMessageTypeByName(f"GreeterApi.{name}")) for name in ("HelloRequest", "HelloReply")
    )
    method = library.unary_unary_rpc_method_handler(
        lambda asked, _: reply(message=f"Hello, {asked.name}!"), request.FromString, lambda answer: answer.SerializeToString()
    )
    server = library.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((library.method_handlers_generic_handler("GreeterApi.Greeter", {"SayHello": method}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield Standing(origins={"http://localhost:5011": f"http://127.0.0.1:{port}"})
    server.stop(None).wait()


@need
def websocket(_: Place, frames: Sequence[Json]) -> Iterator[Standing]:
    """A server at `notifications.fake.com` that says its frames to whoever comes, and stays."""
    from websockets.sync.server import ServerConnection, serve

    def welcome(connection: ServerConnection) -> None:
        for frame in frames:
            connection.send(encode(frame))
        for _ in connection:
            """Whatever is said to it."""

    with serve(welcome, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Standing(origins={"http://notifications.fake.com": f"http://127.0.0.1:{server.socket.getsockname()[1]}"})
        server.shutdown()
        thread.join()


@need
def npx(place: Place, script: str) -> Iterator[Standing]:
    """A program `npx` before all others, that runs a server of ours in the place of the package that it is told to fetch."""
    folder = place.folder / "bin"
    folder.mkdir()
    program = folder / "npx"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(HERE / script))} "$@"\n')
    program.chmod(0o755)
    place.patch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    yield Standing()


@need
def nats(place: Place, told: Json) -> Iterator[Standing]:
    """A NATS server, to whose clients `<nats>` is its address: it asks for a token, one client `says` numbers, one hears what is said."""
    from tests.counterparts.brokers import program
    from tests.counterparts.serving import Serving

    binary, token = program("nats-server", "make counterparts"), told.get("token")
    credentials = ["--auth", token] if token else []
    broker = Serving(lambda port, _: [binary, "-a", "127.0.0.1", "-p", str(port), *credentials], place.folder / "nats")
    with broker, speaking(broker.port, place.counterpart, **told):
        yield Standing(words={"nats": f"127.0.0.1:{broker.port}"})


@contextmanager
def speaking(
    port: int, counterpart: Counterpart, *, token: str | None = None, says: str | None = None, hears: str | None = None
) -> Iterator[None]:
    """A client of a NATS server that knows nothing of AsyncAPI; what it hears, the counterpart has got at `/heard`."""
    import nats as library

    async def talk(ready: threading.Event, over: asyncio.Event) -> None:
        client = await library.connect(f"nats://127.0.0.1:{port}", **({"token": token} if token else {}))

        async def hear(message: Any) -> None:
            counterpart.received.append(Received("NATS", "/heard", {}, {}, message.data))

        if hears is not None:
            await client.subscribe(hears, cb=hear)
            await client.flush()
        ready.set()
        numbers = count()
        while not over.is_set():
            if says is not None:
                await client.publish(says, encode({"n": next(numbers)}).encode())
            await asyncio.sleep(BREATH)
        await client.drain()

    with aside() as loop:
        ready, over = threading.Event(), asyncio.Event()
        talking = asyncio.run_coroutine_threadsafe(talk(ready, over), loop)
        assert ready.wait(30)
        yield
        loop.call_soon_threadsafe(over.set)
        talking.result()


@need
def provider(place: Place, told: Json) -> Iterator[Standing]:
    """npm's OpenID Connect provider in the place of the Keycloak that the examples name, and a pet store that asks it whose token it is shown."""
    from tests.counterparts import oidc_provider

    client = {"id": told["id"], "secret": told["secret"], "authentication": "client_secret_post"}
    issuer = "http://keycloak/realms/fake-authority"
    with oidc_provider.provider(place.folder, client, issuer=issuer, routes={"token": told["token"]}) as running:

        def pet(received: Received) -> Reply:
            request = Request(f"{running.origin}/resource", headers={"Authorization": received.headers["authorization"]})
            with urlopen(request) as answer:
                return Reply.json({"id": 1, "name": "Milou", "owner": json.load(answer)["client"]})

        place.counterpart.replies["/v2/pet/1"] = pet
        yield Standing(origins={"http://keycloak": running.origin})


@need
def policy(place: Place, rules: Json) -> Iterator[Standing]:
    """The policy of the command's worker."""
    file = place.folder / "policy.yaml"
    file.write_text(encode({"rules": rules}))
    yield Standing(options=("--policy", str(file)))


@need
def images(_: Place, wanted: Mapping[str, Mapping[str, str]]) -> Iterator[Standing]:
    """Local images of these names in the place of others, each with programs of ours; gone afterwards."""
    address = os.environ["DOCKER_HOST"]
    for name, programs in wanted.items():
        content = io.BytesIO(dockerd.root())
        with tarfile.open(fileobj=content, mode="a") as archive:
            for program, text in programs.items():
                entry = tarfile.TarInfo(f"bin/{program}")
                entry.size, entry.mode = len(text.encode()), 0o755
                archive.addfile(entry, io.BytesIO(text.encode()))
        dockerd.client(address, "import", "-", name, input=content.getvalue())
    yield Standing()
    for name in wanted:
        dockerd.client(address, "rmi", "--force", name)
