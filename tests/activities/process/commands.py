"""Processes for tests."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple

from activities.process.limits import Limits
from activities.process.output import STREAMS, Output
from activities.process.run import Command, run


class Ended(NamedTuple):
    code: int
    stdout: str
    stderr: str
    exceeded: str | None


def shell(command: str, *arguments: str, folder: Path, stdin: bytes = b"", **environment: str) -> Command:
    return Command(
        argv=["/bin/sh", "-c", command, "sh", *arguments],
        environment={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        folder=folder,
        stdin=stdin,
    )


def python(code: str, folder: Path, stdin: bytes = b"") -> Command:
    return Command(argv=[sys.executable, "-I", "-c", code], environment={}, folder=folder, stdin=stdin)


async def ended(command: Command, limits: Limits | None = None, output: Output | None = None) -> Ended:
    output = output or Output(STREAMS)
    code = await run(command, limits or Limits(), output)
    return Ended(code, output.text("stdout"), output.text("stderr"), output.exceeded)


def end(command: Command, limits: Limits | None = None, output: Output | None = None) -> Ended:
    return asyncio.run(ended(command, limits, output))
