"""A real Temporal server for tests: one per test session, in memory, tuned so that a task or timer takes milliseconds.

At the end of a session all that it keeps is searched for secrets (`tests.canaries`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from interpreter.temporal.client import connect
from tests.canaries import betrayed, found_in

TUNING = {
    "history.transferProcessorMaxPollRPS": "2000",
    "history.timerProcessorMaxPollRPS": "2000",
    "history.timerProcessorMaxTimeShift": '"20ms"',
    "history.workflowIdReuseMinimalInterval": '"0s"',
    "system.enableActivityEagerExecution": "true",
}
START_SECONDS = 30


def binary() -> str:
    """The Temporal CLI: named by the environment, on PATH, or in the repository's `.tools`."""
    tools = Path(__file__).parent.parent / ".tools"
    named = (
        os.environ.get("SWTEMPORAL_TEMPORAL_CLI") or shutil.which("temporal") or shutil.which("temporal", path=f"{tools}:{tools / 'bin'}")
    )
    if named is None:
        pytest.fail("no Temporal CLI: put it on PATH, or name it by SWTEMPORAL_TEMPORAL_CLI")
    return named


@contextmanager
def started() -> Iterator[str]:
    """A server of its own; gives its address. In the end nothing that it keeps or has logged tells a secret."""
    port = free_port()
    with tempfile.TemporaryFile() as log:
        server = launched(port, log=log)
        try:
            yield f"127.0.0.1:{port}"
            if told := asyncio.run(_betrayed(port)):
                pytest.fail(f"the server keeps secrets: {told}")
        finally:
            server.terminate()
            server.wait()
        log.seek(0)
        if secrets := found_in(log.read()):
            pytest.fail(f"the server has logged secrets: {secrets}")


async def _betrayed(port: int) -> list[str]:
    return await betrayed(await connect(f"127.0.0.1:{port}"))


def launched(port: int, *more: str, log: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """The process of a server that answers at this port, and logs there; `more` arguments of the Temporal CLI."""
    flags = [flag for name, value in TUNING.items() for flag in ("--dynamic-config-value", f"{name}={value}")]
    command = [
        binary(),
        "server",
        "start-dev",
        "--headless",
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "error",
        *flags,
        *more,
    ]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(server, port)
    except BaseException:
        server.kill()
        server.wait()
        raise
    return server


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[str]:
    """The session's server; import it into a folder's conftest."""
    with started() as address:
        yield address


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the Temporal server ended with {server.returncode} as soon as it was started")
        health = [binary(), "operator", "cluster", "health", "--address", f"127.0.0.1:{port}"]
        if subprocess.run(health, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0:
            return
    pytest.fail(f"the Temporal server does not answer within {START_SECONDS} s")
