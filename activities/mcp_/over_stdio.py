"""MCP by the standard streams of a process that is started for the call.

https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from activities.invocation import Invocation
from activities.mcp_.session import answers, reply
from activities.process import given
from activities.process.guarded import Guarded
from activities.process.limits import Limits
from activities.process.output import Output
from activities.process.processes import environment
from activities.process.run import Command, talking
from activities.redact import Redaction
from interpreter.defaults import RESPONSE_BYTES
from interpreter.defaults import Limits as DataLimits
from interpreter.faults import Fault, fault
from interpreter.values import Json, depth_exceeds, encode

_CHUNK = 65_536
_LEAVING = 2.0
"""Seconds that a server has to end by itself when there is nothing more to read."""
_DEPTH = DataLimits().depth
_SAID = 500
"""Characters of what a server wrote to stderr that an error quotes."""


class StdioWire:
    """Messages as lines of JSON; what is none, on the server's side, is skipped."""

    def __init__(self, guarded: Guarded, redaction: Redaction) -> None:
        self._guarded = guarded
        self._redaction = redaction
        self._told = Output(())
        self._begun = bytearray()
        self._read = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, invocation: Invocation, limits: Limits) -> AsyncIterator[StdioWire]:
        """A wire to `with.stdio: {command, arguments?, environment?}`, run in an empty folder of its own with nothing of the worker's environment.

        The command is looked up on the worker's PATH: what the document gives to the server does not say which program that is.

        In the end the server is gone: it may end by itself, is asked to, and killed; when the call is cancelled, without the first.
        """
        work = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="swtemporal-"))
        try:
            async with talking(_command(invocation.with_["stdio"], work), limits) as guarded:
                wire = cls(guarded, invocation.redaction)
                listening = asyncio.create_task(wire._listen())
                try:
                    yield wire
                    guarded.end()
                    with suppress(TimeoutError, Fault):
                        async with asyncio.timeout(_LEAVING):
                            await guarded.ended()
                finally:
                    listening.cancel()
        finally:
            await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)

    def agree(self, version: str) -> None:
        """Lines do not name the version."""

    async def tell(self, message: Json) -> None:
        """Send what wants no answer."""
        self._guarded.write(encode(message).encode("utf-8", "replace") + b"\n")

    async def ask(self, message: Json) -> Json:
        """The answer to a request; a `communication` fault where the server ends before it."""
        await self.tell(message)
        while (line := await self._line()) is not None:
            came = _parsed(line)
            if answers(came, message):
                return came
            response = reply(came)
            if response is not None:
                await self.tell(response)
        raise await self._ended(message["method"])

    async def _line(self) -> bytes | None:
        """The next line, None at the end."""
        while (at := self._begun.find(b"\n")) < 0:
            piece = await self._guarded.streams["stdout"].read(_CHUNK)
            self._read += len(piece)
            if self._read > RESPONSE_BYTES:
                raise fault("communication", f"the server wrote more than {RESPONSE_BYTES} bytes", title="Response too large")
            if not piece:
                return None
            self._begun += piece
        line = bytes(self._begun[:at])
        del self._begun[: at + 1]
        return line

    async def _listen(self) -> None:
        while piece := await self._guarded.streams["stderr"].read(_CHUNK):
            self._told.take("stderr", piece)

    async def _ended(self, method: str) -> Fault:
        try:
            async with asyncio.timeout(_LEAVING):
                how = f"ended with code {await self._guarded.ended()}"
        except TimeoutError:
            how = "closed its output"
        said = self._redaction(" ".join(self._told.text("stderr").split()))[-_SAID:]
        return fault("communication", f"{method}: the server {how} before it answered{f'; it said: {said}' if said else ''}")


def _command(stdio: Json, work: Path) -> Command:
    command = given.text(stdio["command"], "the command")
    if "/" in command and (not command.startswith("/") or ".." in command.split("/")):
        raise fault("configuration", f"the command must be a name, or an absolute path without '..', not {command!r}")
    found = shutil.which(command)
    if found is None:
        raise fault("configuration", f"there is no command {command!r} on this worker, or not on its PATH")
    arguments, around = given.arguments(stdio.get("arguments")), environment(work, stdio.get("environment"))
    return Command(argv=[os.path.abspath(found), *arguments], environment=around, folder=work)  # noqa: PTH100  no link is followed


def _parsed(line: bytes) -> Json:
    """The message on a line; None for what is none."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return None if depth_exceeds(message, _DEPTH) else message
