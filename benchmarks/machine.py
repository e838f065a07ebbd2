"""What was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client

from benchmarks.measures import Effort


async def described(client: Client, effort: Effort) -> list[str]:
    """Machine, software, how busy it was, how much was measured."""
    server = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    return [
        f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.release()}",
        (
            f"Python {platform.python_version()}, temporalio {version('temporalio')}, jq {version('jq')}, "
            f"Temporal server {server.server_version} (development server in memory, as `swtemporal run --ephemeral` starts it)"
        ),
        f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}; load of the machine before: {os.getloadavg()[0]:.1f}",
        f"{effort.rounds} rounds of each side; server, workers, callers and what is called share the machine",
    ]


def _processor() -> str:
    return next(_after("/proc/cpuinfo", "model name"), platform.processor() or platform.machine())


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 1e9:.0f} GB"


def _after(path: str, name: str) -> Iterator[str]:
    file = Path(path)
    if file.exists():
        yield from (line.partition(":")[2].strip() for line in file.read_text().splitlines() if line.startswith(name))


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
