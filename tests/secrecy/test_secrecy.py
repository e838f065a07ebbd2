"""A search of all that is kept and told of runs with secrets, for those secrets: histories, queries, what the Web UI shows, logs of worker and server."""

from __future__ import annotations

import asyncio
import json
import tempfile
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.canaries import betrayed, canary, found_in, kept
from tests.counterparts import Counterpart
from tests.killed.process import WORKER, worker
from tests.secrecy.cases import KEY, Case, cases, secrets, variables
from tests.secrecy.peers import serving
from tests.server import free_port, launched
from tests.temporal.house import document, enveloped

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("secrecy"), pytest.mark.timeout(240)]

PROTO = Path(__file__).parents[2] / "samples" / "greet.proto"
LOUD = Path(__file__).with_name("loud_worker.py")
PLACES = ("histories", "queries", "web ui", "worker's log", "server's log", "while it waits")
MANY = 60
HEADER = {"headers": {"X-Key": KEY}}
EVERYTHING = {"rules": [{name: ["*"] for name in ("kinds", "hosts", "secrets", "images", "volumes", "commands", "environment")}]}


@contextmanager
def shown_server() -> Iterator[tuple[str, str, Path]]:
    """A server with its Web UI: its address, the UI's, and its log."""
    port, ui = free_port(), free_port()
    with tempfile.NamedTemporaryFile() as log:
        server = launched(port, "--headless=false", "--ui-port", str(ui), "--log-level", "info", log=log.file)
        try:
            yield f"127.0.0.1:{port}", f"http://127.0.0.1:{ui}", Path(log.name)
        finally:
            server.terminate()
            server.wait()


class Told:
    """All that there is of the runs in the end, by where it was found."""

    def __init__(self) -> None:
        self.ends: dict[str, int | None] = {}
        self.places: dict[str, list[bytes]] = {name: [] for name in PLACES}
        self.arrived = 0
        self.found: list[str] = []


class Search:
    """Runs the cases, and looks at them from everywhere."""

    def __init__(self, client: Client, ui: str, peer: Counterpart, queue: str, told: Told) -> None:
        self._client, self._ui, self._peer, self._queue, self._told = client, ui, peer, queue, told

    async def ran(self, case: Case) -> None:
        ended = await temporal.outcome(await self.started(case.do))
        self._told.ends[case.name] = ended.problem.status if isinstance(ended, Faulted) else None if isinstance(ended, Completed) else -1

    async def started(self, do: list[Json]) -> temporal.Handle:
        use = {"secrets": [*secrets()], "catalogs": {"mine": {"endpoint": f"{self._peer.origin}/catalog"}}}
        envelope = replace(enveloped(document(*do, use=use)), resources={"file://greet.proto": PROTO.read_text()})
        return await temporal.start(self._client, envelope, {}, id=f"secrecy-{uuid.uuid4().hex[:12]}", task_queue=self._queue)

    async def waiting(self) -> None:
        """Runs seen while they wait, and cancelled: for an answer, for the next attempt after a refusal that quoted the secret, for a program that has printed it."""
        slow = await self.started(
            [{"call": {"call": "http", "with": {"method": "get", "endpoint": f"{self._peer.origin}/slow", **HEADER}}}]
        )
        await asyncio.to_thread(self._peer.held, "slow")
        later = {"delay": {"seconds": 50}, "limit": {"attempt": {"count": 2}}}
        calls = [{"call": {"call": "http", "with": {"method": "get", "endpoint": f"{self._peer.origin}/quoting", **HEADER}}}]
        retried = await self.started([{"all": {"try": calls, "catch": {"retry": later}}}])
        while not await self._refused(retried):  # noqa: ASYNC110  a server tells of pending activities only when asked
            await asyncio.sleep(0.05)
        telling = {"shell": {"command": 'echo "$KEY"; exec sleep 100', "environment": {"KEY": KEY}}}
        lines = await self.started([{"run": {"run": telling, "metadata": {"swtemporal": {"heartbeat": 1500}}}}])
        while not await self._told_by_heartbeat(lines):  # noqa: ASYNC110  likewise
            await asyncio.sleep(0.05)
        for run in (slow, retried, lines):
            await self.looked("while it waits", run)
            await run.cancel()
            assert isinstance(await temporal.outcome(run), temporal.Stopped)
        self._peer.release("slow")

    async def _refused(self, run: temporal.Handle) -> bool:
        pending = (await run.describe()).raw_description.pending_activities
        return any(one.HasField("last_failure") for one in pending)

    async def _told_by_heartbeat(self, run: temporal.Handle) -> bool:
        pending = (await run.describe()).raw_description.pending_activities
        return any(b"***" in payload.data for one in pending for payload in one.heartbeat_details.payloads)

    async def looked(self, place: str, run: temporal.Handle) -> None:
        described = await run.describe()
        self._told.places[place] += [*await kept(self._client, described), *await self._asked(run)]
        self._told.places[place] += await asyncio.to_thread(self._shown, described.id, described.run_id)

    async def everywhere(self) -> None:
        """All that the server keeps, answers and shows of all runs, those of the cases and those that they led to."""
        async for run in self._client.list_workflows():
            handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
            self._told.places["histories"] += await kept(self._client, run)
            self._told.places["queries"] += await self._asked(handle)
            self._told.places["web ui"] += await asyncio.to_thread(self._shown, run.id, run.run_id)
        self._told.places["web ui"] += await asyncio.to_thread(self._page, "workflows")

    async def leaked(self) -> list[str]:
        """What a search finds of a run that was given a secret as its input."""
        await self._client.start_workflow("leaking", {"key": canary("key")}, id="leaking", task_queue=f"{self._queue}-of-nobody")
        while not (found := await betrayed(self._client)):  # noqa: ASYNC110  a server's list lags behind, and nothing tells when it is there
            await asyncio.sleep(0.05)
        return found

    async def _asked(self, run: temporal.Handle) -> list[bytes]:
        state, trace = await run.query("state", True, result_type=dict), await run.query("trace", 0, result_type=dict)
        details = await run.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return [json.dumps([state, trace]).encode(), details.SerializeToString()]

    def _shown(self, id: str, run: str) -> list[bytes]:
        at = f"workflows/{quote(id, safe='')}"
        return [page for way in ("", "/history", "/history-reverse") for page in self._page(f"{at}{way}?execution.runId={run}")]

    def _page(self, path: str) -> list[bytes]:
        with urllib.request.urlopen(f"{self._ui}/api/v1/namespaces/default/{path}") as answer:
            return [answer.read()]


async def searched(folder: Path) -> Told:
    told, queue = Told(), f"secrecy-{uuid.uuid4().hex[:12]}"
    (folder / "policy.yaml").write_text(yaml.safe_dump(EVERYTHING))
    given = {**variables(), "SWTEMPORAL_ALLOW": "", "SWTEMPORAL_POLICY": str(folder / "policy.yaml"), "PYTHONPATH": str(WORKER.parent)}
    with shown_server() as (address, ui, log), serving() as peer:
        client = await temporal.connect(address)
        search = Search(client, ui, peer, queue, told)
        async with worker(address, queue, program=LOUD, **given) as loud:
            await asyncio.gather(*(search.ran(case) for case in cases(peer.origin, str(free_port()))))
            await search.waiting()
            await search.everywhere()
            told.places["worker's log"].append("".join(loud.said).encode())
            told.found = await search.leaked()
        told.places["server's log"].append(log.read_bytes())
        told.arrived = sum(bool(found_in(str(received).encode())) for received in peer.received)
    return told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return asyncio.run(searched(tmp_path_factory.mktemp("secrecy")))


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_found(told: Told, place: str):
    assert told.places[place], "nothing was looked at"
    assert [found for what in told.places[place] if (found := found_in(what))] == []


def test_every_case_ended_as_it_was_meant_to(told: Told):
    expected = {case.name: case.ends for case in cases("http://127.0.0.1", "1")}
    assert {name: end for name, end in told.ends.items() if end not in expected[name]} == {}
    assert told.ends.keys() == expected.keys()


def test_the_secrets_were_used(told: Told):
    assert told.arrived >= MANY


def test_the_search_finds_what_it_is_given(told: Told):
    assert [found.partition(":")[0] for found in told.found] == ["leaking"]


def test_the_worker_was_loud(told: Told):
    assert b"DEBUG" in told.places["worker's log"][0]
