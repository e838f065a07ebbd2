"""Results in a file of SQLite, shared by the processes of one machine.

Everything is done in one thread of its own, so that neither the disk nor another process that writes holds up the worker.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from activities.cache.entry import About, Stored
from activities.cache.store import STORE_BYTES, Tidying

_Result = TypeVar("_Result")

_BUSY = 1.0
"""Seconds that another process may keep us from writing."""

_PAUSE = 0.01

_VERSION = 1

_TABLE = """
CREATE TABLE result (
    key TEXT PRIMARY KEY, workflow TEXT NOT NULL, expires INTEGER NOT NULL, bytes INTEGER NOT NULL, about TEXT NOT NULL, value TEXT NOT NULL
);
CREATE INDEX result_expires ON result (expires, bytes);
"""
_PUT = "INSERT OR REPLACE INTO result (key, workflow, expires, bytes, about, value) VALUES (?, ?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM result WHERE substr(key, 1, ?) = ? AND (? IS NULL OR workflow = ?)"
_TOO_MUCH = """
DELETE FROM result WHERE key IN (
    SELECT key FROM (SELECT key, SUM(bytes) OVER (ORDER BY rowid DESC) AS held FROM result) WHERE held > ?
)
"""


class Sqlite:
    """A file, made when a result is first asked for, readable to its owner only."""

    def __init__(self, path: Path, most: int = STORE_BYTES) -> None:
        self._path = path
        self._most = most
        self._tidying = Tidying()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="swtemporal-cache")
        self._opened: sqlite3.Connection | None = None

    async def get(self, key: str) -> Stored | None:
        """What is kept under a key."""
        found = await self._do(lambda file: file.execute("SELECT about, value FROM result WHERE key = ?", (key,)).fetchone())
        return None if found is None else Stored(*map(str, found))

    async def put(self, about: About, stored: Stored) -> None:
        """Keep a result."""
        row = (about.key, about.workflow, about.expires, about.bytes, stored.about, stored.value)
        tidy = self._tidying.due(about.bytes)

        def put(file: sqlite3.Connection) -> None:
            file.execute(_PUT, row)
            if tidy:
                file.execute("DELETE FROM result WHERE expires <= ?", (about.stored,))
                if file.execute("SELECT COALESCE(SUM(bytes), 0) FROM result").fetchone()[0] > self._most:
                    file.execute(_TOO_MUCH, (self._most,))

        await self._do(put)

    async def abouts(self, now: int) -> AsyncIterator[str]:
        """What is known of each result, the latest first."""

        def found(file: sqlite3.Connection) -> list[tuple[str]]:
            file.execute("DELETE FROM result WHERE expires <= ?", (now,))
            return file.execute("SELECT about FROM result ORDER BY rowid DESC").fetchall()

        for (about,) in await self._do(found):
            yield str(about)

    async def remove(self, *, prefix: str = "", workflow: str | None = None) -> int:
        """Remove results."""
        return await self._do(lambda file: file.execute(_REMOVE, (len(prefix), prefix, workflow, workflow)).rowcount)

    async def close(self) -> None:
        """Close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """The result of some work on the file, all of it or nothing."""

        def done() -> _Result:
            with self._file() as file:  # commits, or takes back
                return work(file)

        return await asyncio.get_running_loop().run_in_executor(self._thread, done)

    def _file(self) -> sqlite3.Connection:
        if self._opened is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            self._opened = sqlite3.connect(self._path, timeout=_BUSY, check_same_thread=False)  # closed by whoever collects it, too
            try:
                _prepare(self._opened)
            except BaseException:
                self._close()
                raise
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def _prepare(file: sqlite3.Connection) -> None:
    """Readers and a writer side by side, what is deleted overwritten, and the table."""
    _write_ahead(file)
    file.execute("PRAGMA synchronous = NORMAL")
    file.execute("PRAGMA secure_delete = ON")
    with file:
        file.execute("BEGIN IMMEDIATE")
        version = file.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise sqlite3.DatabaseError("the file was made by a later version of swtemporal")
        if version < _VERSION:
            for statement in _TABLE.split(";"):
                file.execute(statement)
            file.execute(f"PRAGMA user_version = {_VERSION}")


def _write_ahead(file: sqlite3.Connection) -> None:
    """Have the file keep a write-ahead log. Where others open a new file at the same moment SQLite gives up at once, whatever its timeout."""
    ends = time.monotonic() + _BUSY
    while True:
        try:
            file.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= ends:
                raise
            time.sleep(_PAUSE)
        else:
            return
