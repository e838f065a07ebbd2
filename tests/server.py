"""A real Temporal server for tests: one per test session, in memory, tuned so that a task or timer takes milliseconds."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

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
    """A server of its own; gives its address."""
    port = free_port()
    server = launched(port)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def launched(port: int, *more: str) -> subprocess.Popen[bytes]:
    """The process of a server that answers at this port; `more` arguments of the Temporal CLI."""
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
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
