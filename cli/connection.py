"""Which Temporal server a command speaks to: the one that is named, else the embedded one that runs, else one on the usual port."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from temporalio.client import Client
from temporalio.service import RPCError

from cli import folders, terminal, trouble
from cli.exits import fail
from cli.flags import Flags
from cli.profile import NAMESPACE, Wish, wish
from interpreter.temporal import client as temporal
from interpreter.temporal import embedded
from interpreter.temporal.binary import NoServer
from interpreter.temporal.launch import UI_OFFSET, listening

if TYPE_CHECKING:
    from temporalio.contrib.opentelemetry import TracingInterceptor

TIMEOUT = 10.0
CLOUD = (".tmprl.cloud", ".api.temporal.io")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection that works; `ui` is the address of its Web UI where that is known."""

    client: Client
    address: str
    ui: str | None

    def link(self, id: str, run: str) -> str | None:
        """The page of a run in the Web UI; an id may hold what a path may not."""
        if self.ui is None:
            return None
        return f"{self.ui}/namespaces/{quote(self.client.namespace, safe='')}/workflows/{quote(id, safe='')}/{run}/history"


@asynccontextmanager
async def connect(flags: Flags, *, run: str | None = None) -> AsyncIterator[Connection]:
    """A connection to a server that runs; inside, what the server refuses ends the command with a line that says why. `run`: whom it is about."""
    wished = wish(flags)
    server = None if wished.address else embedded.current(folders.embedded().folder)
    async with _answered(wished, server, run) as connection:
        yield connection


@asynccontextmanager
async def connect_or_start(flags: Flags) -> AsyncIterator[Connection]:
    """The same, but where no server is named or listening, the embedded one is started."""
    wished = wish(flags)
    settings = folders.embedded()
    server = None
    if wished.address is None and (embedded.current(settings.folder) or not (settings.port and listening(settings.port))):
        server = await _start(settings)
    async with _answered(wished, server, None) as connection:
        yield connection


@asynccontextmanager
async def connect_ephemeral(folder: str) -> AsyncIterator[Connection]:
    """A server in memory, for this command alone; `folder` is for it alone, too. What is said about another server does not count."""
    settings = replace(folders.embedded(), folder=Path(folder))
    try:
        server = await embedded.ephemeral(settings, terminal.note)
    except NoServer as error:
        fail(str(error))
    wished = Wish(server.address, NAMESPACE, {})
    async with _answered(wished, server, None) as connection:
        yield connection


async def _start(settings: embedded.Settings) -> embedded.Server:
    try:
        return await embedded.start(settings, terminal.note)
    except NoServer as error:
        fail(str(error))


@asynccontextmanager
async def _answered(wished: Wish, server: embedded.Server | None, run: str | None) -> AsyncIterator[Connection]:
    address = wished.address or (server.address if server else f"localhost:{folders.embedded().port or embedded.PORT}")
    client = await _client(address, wished)
    connection = Connection(client=client, address=address, ui=server.ui if server else _ui(address))
    try:
        yield connection
    except RPCError as error:
        fail(trouble.of_call(error, address, wished.namespace, run))


async def _client(address: str, wished: Wish) -> Client:
    try:
        return await asyncio.wait_for(temporal.connect(address, wished.namespace, wished.config, interceptors=_tracing()), TIMEOUT)
    except TimeoutError:
        fail(f"the Temporal server at {address} does not answer within {TIMEOUT:g} s: check --address")
    except (RuntimeError, ValueError) as error:  # RuntimeError is what the SDK raises for a connection that fails
        hint = "" if wished.address else "; 'swtemporal server start' starts one here"
        fail(f"{trouble.of_connecting(error, address)}{hint}")


def _tracing() -> list[TracingInterceptor]:
    """Spans, where OpenTelemetry's own variables ask for them."""
    if not any(name.startswith("OTEL_") for name in os.environ):
        return []  # spares the import
    from interpreter.temporal import telemetry

    try:
        return telemetry.interceptors(os.environ)
    except LookupError as error:
        fail(str(error))


def _ui(address: str) -> str | None:
    """The Web UI of a server that we did not start: a development server's is beside it, Temporal Cloud's is one for all."""
    host, _, port = address.rpartition(":")
    if host.endswith(CLOUD):
        return "https://cloud.temporal.io"
    local = host in {"localhost", "127.0.0.1"} and listening(int(port) + UI_OFFSET)
    return f"http://{host}:{int(port) + UI_OFFSET}" if local else None
