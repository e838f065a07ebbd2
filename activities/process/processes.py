"""The processes a worker runs for documents."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from activities.invocation import Invocation
from activities.process import given
from activities.process.limits import Limits
from activities.process.output import Output
from activities.process.returned import returned
from activities.process.run import Command, run
from activities.redact import Redaction
from interpreter.faults import Fault
from interpreter.values import Json

_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
"""What every process gets, unless the document says otherwise."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is to be run: files that are written first, and the command, which may name the folder they stand in."""

    what: str
    """How messages speak of it: `the script`."""
    argv: Callable[[Path], Sequence[str]]
    files: Mapping[str, str] = field(default_factory=dict)


class Processes:
    """Runs programs, each in a temporary folder of its own, and ends what nobody awaits when the worker ends."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._room = asyncio.Semaphore(limits.at_once)
        self._left: set[asyncio.Task[Json]] = set()

    @classmethod
    @asynccontextmanager
    async def opened(cls, limits: Limits) -> AsyncIterator[Processes]:
        """For as long as a worker runs."""
        processes = cls(limits)
        try:
            yield processes
        finally:
            for task in [*processes._left]:
                task.cancel()
            await asyncio.gather(*processes._left, return_exceptions=True)

    async def perform(self, invocation: Invocation, program: Program) -> Json:
        """Run a program with the `{arguments?, environment?, stdin?, await, return, stdout}` of the invocation's `with`; see `returned`.

        With `await: false` it gives null as soon as the program runs; how that ends is only logged.
        """
        if invocation.with_["await"]:
            async with self._room:
                return await self._run(invocation, program, lambda: None)
        started = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(self._run(invocation, program, lambda: started.set_result(None)))
        try:
            await asyncio.wait((running, started), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            running.cancel()
            raise
        if not started.done():
            await running
        self._left.add(running)
        running.add_done_callback(lambda _: self._ended(running, program, invocation.redaction))
        return None

    def _ended(self, running: asyncio.Task[Json], program: Program, redaction: Redaction) -> None:
        self._left.discard(running)
        error = None if running.cancelled() else running.exception()
        if isinstance(error, Fault):
            _log.warning("nobody awaited %s, which failed: %s", program.what, redaction(str(error.problem.detail)))
        elif error is not None:
            _log.error("nobody awaited %s, which failed with %s", program.what, type(error).__name__)

    async def _run(self, invocation: Invocation, program: Program, started: Callable[[], None]) -> Json:
        with_ = invocation.with_
        output = Output.of(with_["return"], awaited=with_["await"])
        invocation.tell(lambda: {"lines": output.lines(invocation.redaction)})
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="swtemporal-"))
        try:
            await asyncio.to_thread(_furnish, folder, program.files)
            work = folder / "work"
            command = Command(
                argv=[*program.argv(folder), *given.arguments(with_.get("arguments"))],
                environment=environment(work, with_.get("environment")),
                folder=work,
                stdin=given.stdin(with_.get("stdin")),
            )
            code = await run(command, self._limits_of(invocation), output, started)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        return returned(with_, code, output, invocation.redaction, program.what)

    def _limits_of(self, invocation: Invocation) -> Limits:
        return self._limits if invocation.timeout is None else replace(self._limits, seconds=invocation.timeout)


def environment(work: Path, own: Json) -> dict[str, str]:
    """All the environment of a process that works in a folder of its own: what every process gets, and what the document gives this one."""
    return {**_ENVIRONMENT, "HOME": str(work), "TMPDIR": str(work), **given.environment(own)}


def _furnish(folder: Path, files: Mapping[str, str]) -> None:
    """Files stand beside the folder in which the program works, which is empty."""
    (folder / "work").mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", errors="replace", newline="")
