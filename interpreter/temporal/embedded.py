"""The embedded server: a Temporal development server of the user's own, started when needed, shared by all commands, found again by file."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter.temporal.binary import NoServer, obtain
from interpreter.temporal.launch import HOST, TICK, answers, launch
from interpreter.temporal.watchdog import ALIVE, GRACE, INFO, LOG

PORT = 7233
IDLE = 1800.0
LOG_BYTES = 5_000_000
STARTING, DATABASE = "starting.lock", "temporal.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running embedded server."""

    address: str
    ui: str
    pid: int
    watchdog: int | None
    """None when its watchdog was killed: then nothing ends it but a request."""
    database: str | None
    log: str
    started: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user may choose; `port` 0 means any free one, `idle` 0 (seconds) that it never ends by itself."""

    folder: Path
    cache: Path
    binary: str | None = None
    port: int = PORT
    idle: float = IDLE


def current(folder: Path) -> Server | None:
    """The server of this folder, if one runs."""
    path = folder / INFO
    if not path.exists() or _unlocked(path):
        return None
    text = path.read_text()
    return _server(folder, json.loads(text)) if text else None


async def start(settings: Settings, say: Callable[[str], None]) -> Server:
    """The running server of the folder, else a new one, ready to be used; `NoServer` where that fails."""
    _make(settings.folder)
    async with _alone(settings.folder, say):
        running = current(settings.folder)
        if running is not None:
            await answers(int(running.address.rpartition(":")[2]))
            return running
        _rotate(settings.folder / LOG)
        binary = obtain(settings.cache, settings.binary, say)
        database = str(settings.folder / DATABASE)
        await launch(binary, settings.folder, port=settings.port, database=database, idle=settings.idle, tied=False)
    return _started(settings.folder)


async def ephemeral(settings: Settings, say: Callable[[str], None]) -> Server:
    """A server in memory, on any free port, that ends with this process however that ends; `settings.folder` is for it alone."""
    binary = obtain(settings.cache, settings.binary, say)
    await launch(binary, settings.folder, port=0, database=None, idle=0, tied=True)
    return _started(settings.folder)


async def stop(folder: Path) -> Server | None:
    """End the server of the folder, and say which that was; None when none runs."""
    server = current(folder)
    if server is None:
        return None
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in {server.watchdog or server.pid} | ({server.pid} if sign == signal.SIGKILL else set()):
            with contextlib.suppress(ProcessLookupError):  # it ended between the look and the signal
                os.kill(pid, sign)
        if await _until_unlocked(folder / INFO, GRACE + 5):
            return server
    raise NoServer(f"the embedded server (process {server.pid}) does not end; its log is {server.log}")


def _started(folder: Path) -> Server:
    server = current(folder)
    if server is None:
        raise NoServer(f"the embedded server has ended as soon as it was started; its log is {folder / LOG}")
    return server


def _server(folder: Path, raw: dict[str, Any]) -> Server:
    return Server(
        address=f"{HOST}:{raw['port']}",
        ui=f"http://{HOST}:{raw['ui_port']}",
        pid=raw["pid"],
        watchdog=None if _unlocked(folder / ALIVE) else raw["watchdog"],
        database=raw["database"],
        log=str(folder / LOG),
        started=raw["started"],
    )


@contextlib.asynccontextmanager
async def _alone(folder: Path, say: Callable[[str], None]) -> AsyncIterator[None]:
    """While this holds, no other command starts a server in the folder."""
    with (folder / STARTING).open("a") as lock:
        told = False
        while not _lock(lock.fileno()):
            if not told:
                say("another command is starting the embedded server: waiting for it")
                told = True
            await asyncio.sleep(TICK)
        yield


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unlocked(path: Path) -> bool:
    """Whether nobody holds the lock on a file; asked with a shared lock, so that two who ask do not see each other."""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


async def _until_unlocked(path: Path, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while not _unlocked(path):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(TICK)
    return True


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoServer(f"no folder for the embedded server ({error}): set XDG_DATA_HOME to one you may write") from error


def _rotate(log: Path) -> None:
    """The server only appends; the log of the time before last is enough."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
