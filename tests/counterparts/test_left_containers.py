"""Containers whose worker was killed, and what becomes of them, on a real server and with a real Docker daemon."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.counterparts.dockerd import client, dockerd, lacking
from tests.counterparts.test_docker import ROOT, _running, _until, there
from tests.counterparts.test_http_container import SLOW, called, calls, function
from tests.server import temporal_server  # noqa: F401  a fixture
from tests.temporal.house import document, enveloped

pytestmark = [
    pytest.mark.counterpart,
    pytest.mark.anyio,
    pytest.mark.xdist_group("docker"),
    pytest.mark.skipif(lacking() is not None, reason=str(lacking())),
]

POLICY = "rules:\n  - kinds: ['*']\n    images: ['*']\n"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with dockerd() as found:
        yield found


def runs(name: str, cleanup: str, command: str = "exec sleep 1000", **more: Json) -> Json:
    container = {"image": "alpine", "name": name, "command": command, "lifetime": {"cleanup": cleanup}}
    return {name: {"run": {"container": container, **more}}}


@contextmanager
def worker(server: str, queue: str, docker: str, policy: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(ROOT / "worker.py"), "--address", server, "--task-queue", queue, "--policy", policy]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "SWTEMPORAL_"))}
    process = subprocess.Popen(command, env={**environment, "DOCKER_HOST": docker})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_what_a_killed_worker_left_ends_with_its_run_and_not_before(address, temporal_server, tmp_path):  # noqa: F811
    queue = f"left-{uuid.uuid4().hex[:8]}"
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    client(address, "run", "--detach", "--name", "stranger", "--label", "io.swtemporal.namespace=elsewhere", "alpine", "sleep", "1000")
    branches = [runs("goes", "always"), runs("stays", "never"), runs("alone", "never", **{"await": False})]
    server = await temporal.connect(temporal_server)
    lost = enveloped(document({"both": {"fork": {"branches": branches}}}))
    kept = enveloped(document(runs("kept", "always", "while [ ! -e /go ]; do sleep 0.1; done; echo done")))

    def names() -> set[str]:
        return {one["Names"] for one in _running(address)}

    with worker(temporal_server, queue, address, str(policy)) as killed:
        handle = await temporal.start(server, lost, None, id=f"{queue}-lost", task_queue=queue)
        other = await temporal.start(server, kept, None, id=f"{queue}-kept", task_queue=queue)
        await asyncio.to_thread(_until, lambda: names() == {"goes", "stays", "alone", "kept", "stranger"})
        killed.kill()
        killed.wait()
    await temporal.terminate(handle, "by hand")
    assert names() == {"goes", "stays", "alone", "kept", "stranger"}

    with worker(temporal_server, queue, address, str(policy)):
        await asyncio.to_thread(_until, lambda: names() == {"alone", "kept", "stranger"})
        client(address, "exec", "kept", "touch", "/go")
        assert await temporal.outcome(other) == Completed("done\n")

    await asyncio.to_thread(_until, lambda: names() == {"alone", "stranger"})
    assert {one["Names"]: one["State"] for one in there(address)} == {"alone": "running", "stranger": "running", "stays": "exited"}


async def test_a_function_whose_worker_was_killed_is_asked_again_where_it_runs(address, temporal_server, tmp_path):  # noqa: F811
    queue = f"asked-{uuid.uuid4().hex[:8]}"
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    server = await temporal.connect(temporal_server)
    with_ = {"image": "alpine", "command": function(SLOW), "path": "/cgi-bin/answer", "input": {"n": 1}}
    asking = enveloped(document({"ask": {"call": "http-container:1.0.0@default", "with": with_}}))

    with worker(temporal_server, queue, address, str(policy)) as killed:
        handle = await temporal.start(server, asking, None, id=queue, task_queue=queue)
        id = await called(address)
        killed.kill()
        killed.wait()
    with worker(temporal_server, queue, address, str(policy)):
        asked = await asyncio.to_thread(_until, lambda: found if len(found := calls(address, id)) > 1 else None)
        client(address, "exec", id, "touch", "/go")
        assert await temporal.outcome(handle) == Completed({"n": 1})

    assert len(asked) == 2
    assert len(set(asked)) == 1
    assert id not in {one["ID"] for one in there(address)}
