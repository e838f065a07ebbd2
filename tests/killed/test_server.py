"""A Temporal server with a file database, killed and started again on the same file: runs go on where they were, at the same worker."""

from __future__ import annotations

import asyncio
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from interpreter.temporal import client as temporal
from tests.killed.counterpart import Counterpart
from tests.killed.laboratory import Laboratory
from tests.killed.points import POINTS
from tests.server import free_port, launched

pytestmark = [pytest.mark.anyio, pytest.mark.server, pytest.mark.chaos]


class Server:
    """A server of the test's own."""

    def __init__(self, database: Path) -> None:
        self.port = free_port()
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = launched(self.port, "--db-filename", str(self._database))

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path / "temporal.db")
    one.start()
    yield one
    one.kill()


async def test_runs_go_on_when_the_server_is_back(server: Server, counterpart: Counterpart):
    address = f"127.0.0.1:{server.port}"
    laboratory = Laboratory(address, await temporal.connect(address), f"test-{uuid.uuid4().hex[:12]}", counterpart)
    async with laboratory.worker():
        runs = await laboratory.brought(POINTS)
        server.kill()
        await asyncio.to_thread(server.start)

        await laboratory.go_on(runs)
        await laboratory.proven(runs, None)
