"""Calls whose counterpart is hostile, and what a document may get to see of the worker; with the real activities."""

from __future__ import annotations

import asyncio
import os
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from temporalio.client import Client

from activities.assembly import assembled
from activities.attach import attach
from interpreter.effects import Completed, Faulted
from interpreter.evaluation.child_evaluator import shared
from interpreter.faults import PREFIX
from interpreter.temporal import client as temporal
from interpreter.temporal.serve import worker
from interpreter.values import Json
from tests.counterparts import Counterpart
from tests.settings import Settings
from tests.temporal.house import document, enveloped

pytestmark = [pytest.mark.anyio, pytest.mark.server]

PLANTED = "PLANTED-" + uuid.uuid4().hex
BODY = 100_000_000


@pytest.fixture
def counterpart() -> Iterator[Counterpart]:
    with Counterpart() as running:
        yield running


class Run:
    """Runs documents on a worker with the real activities; `histories` is all that the server has recorded."""

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = queue
        self.histories = ""

    async def __call__(self, root: Json, input: Json = None) -> object:
        handle = await temporal.start(self._client, enveloped(root), input, id=uuid.uuid4().hex, task_queue=self._queue)
        outcome = await temporal.outcome(handle)
        self.histories += str(await handle.fetch_history())
        return outcome


@pytest.fixture
async def run(temporal_server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Run]:
    monkeypatch.setenv("SWTEMPORAL_SECRET_TOKEN", PLANTED)
    monkeypatch.setenv("PLANTED", PLANTED)
    client = await temporal.connect(temporal_server)
    queue = f"test-{uuid.uuid4().hex[:12]}"
    async with assembled(Settings(environment=os.environ), shared()) as activities, worker(client, queue, [*activities, attach]):
        yield Run(client, queue)


def get(uri: str, **more: Json) -> Json:
    return {"call": "http", "with": {"method": "get", "endpoint": uri, **more}}


def caught(task: Json) -> Json:
    return document({"t": {"try": [{"c": task}], "catch": {"as": "e", "do": [{"s": {"set": "${ $e }"}}]}}})


def problem_of(outcome: object) -> dict[str, Json]:
    assert isinstance(outcome, Completed), outcome
    found: dict[str, Json] = outcome.output
    return found


@contextmanager
def streaming(size: int) -> Iterator[str]:
    """A server whose body has that many bytes, made as it is read."""

    class Body(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            try:
                for _ in range(size // 100_000):
                    self.wfile.write(b"x" * 100_000)
            except OSError:
                pass  # the other side has had enough

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Body) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def test_a_body_of_100_mb_is_refused_without_being_held(run: Run):
    with streaming(BODY) as uri:
        before = resident()
        problem = problem_of(await run(caught(get(uri))))
    assert (problem["type"], problem["instance"]) == (PREFIX + "communication", "/do/0/t/try/0/c")
    assert "larger than" in problem["detail"]
    assert resident() - before < BODY


@pytest.mark.parametrize(("size", "type"), [(900_000, None), (1_200_000, "validation"), (3_000_000, "validation")])
async def test_a_body_that_a_state_does_not_hold_can_be_caught(run: Run, size: int, type: str | None):
    with streaming(size) as uri:
        outcome = await run(caught(get(uri)))
    assert isinstance(outcome, Completed)
    assert outcome.output == "x" * size if type is None else outcome.output["type"] == PREFIX + type


async def test_a_body_that_expands_without_end_is_refused(run: Run, counterpart: Counterpart):
    problem = problem_of(await run(caught(get(f"{counterpart.origin}/bomb"))))
    assert problem["type"] == PREFIX + "communication"


@pytest.mark.parametrize(
    "uri",
    ["file:///etc/passwd", "ftp://localhost/x", "unix:///var/run/docker.sock", "http://[::1", "http://localhost:99999/", "/etc/passwd"],
)
async def test_only_http_is_spoken(run: Run, uri: str):
    problem = problem_of(await run(caught({"call": "http", "with": {"method": "get", "endpoint": "${ .uri }"}}), {"uri": uri}))
    assert problem["type"] in (PREFIX + "configuration", PREFIX + "expression", PREFIX + "communication")
    assert "root:" not in run.histories


@pytest.mark.parametrize(
    "expression", ["$ENV", "env", "$ENV.PLANTED", "env.HOME", "$__prog_args", "input_filename", "[inputs]", "$secrets", "get_search_list"]
)
async def test_nothing_of_the_worker_is_in_an_expression(run: Run, expression: str):
    await run(document({"s": {"set": {"seen": f"${{ {expression} }}"}}}))
    assert PLANTED not in run.histories
    assert os.environ["HOME"] not in run.histories


async def test_a_secret_that_was_not_declared_is_not_read(run: Run, counterpart: Counterpart):
    task = get(f"{counterpart.origin}/echo", headers={"X": "${ $secrets.TOKEN }"})
    assert isinstance(await run(document({"c": task}, use={"secrets": ["OTHER"]})), Faulted)
    assert PLANTED not in run.histories
    assert counterpart.received == []


@pytest.mark.parametrize("output", ["content", "response", "raw"])
async def test_a_secret_that_was_sent_is_in_no_history(run: Run, counterpart: Counterpart, output: str):
    use = {"secrets": ["TOKEN"], "authentications": {"auth": {"bearer": {"token": "${ $secrets.TOKEN }"}}}}
    endpoint = {"uri": f"{counterpart.origin}/status/200", "authentication": {"use": "auth"}}
    task = {"call": "http", "with": {"method": "get", "endpoint": endpoint, "output": output, "headers": {"X": "${ $secrets.TOKEN }"}}}
    assert isinstance(await run(document({"c": task}, use=use)), Completed)
    assert counterpart.received[0].headers["authorization"] == f"Bearer {PLANTED}"
    assert counterpart.received[0].headers["x"] == PLANTED
    assert PLANTED not in run.histories


@pytest.mark.parametrize(
    "path", ["status/500", "garbage/json", "garbage/protocol", "garbage/cut", "garbage/silence", "redirect/302?to=http://localhost:1/"]
)
async def test_a_secret_in_an_address_is_in_no_error(run: Run, counterpart: Counterpart, path: str):
    uri = '${ "' + counterpart.origin + "/" + path + ("&" if "?" in path else "?") + 'key=" + $secrets.TOKEN }'
    outcome = await run(document({"c": get(uri)}, use={"secrets": ["TOKEN"]}))
    assert isinstance(outcome, Faulted)
    assert PLANTED not in run.histories
    assert PLANTED not in str(outcome)


async def test_many_calls_that_are_cancelled_leave_the_worker_free(run: Run, counterpart: Counterpart):
    slow = {f"b{at}": get(f"{counterpart.origin}/slow/all") for at in range(50)}
    root = document(
        {"f": {"timeout": {"after": {"seconds": 1}}, "fork": {"branches": [{name: task} for name, task in slow.items()]}}},
    )
    outcome = await asyncio.wait_for(run(root), 30)
    assert isinstance(outcome, Faulted)
    assert outcome.problem.type == PREFIX + "timeout"
