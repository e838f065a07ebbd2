"""Results in a table of PostgreSQL, shared by all workers that name the same database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg

from activities.cache.entry import About, Stored
from activities.cache.store import STORE_BYTES, Tidying

_CONNECTIONS = 4
_PATIENCE = 2.0
"""Seconds for a connection, and for a statement."""

_LOCK = 0x5357_5443
"""The advisory lock under which the table is made: two sessions that make it at once get in each other's way, `IF NOT EXISTS` or not."""

_TABLE = """
CREATE TABLE IF NOT EXISTS swtemporal_cache (
    key text PRIMARY KEY, workflow text NOT NULL, stored bigint NOT NULL, expires bigint NOT NULL, bytes bigint NOT NULL,
    about json NOT NULL, value json NOT NULL
);
CREATE INDEX IF NOT EXISTS swtemporal_cache_stored ON swtemporal_cache (stored DESC, key, bytes);
CREATE INDEX IF NOT EXISTS swtemporal_cache_expires ON swtemporal_cache (expires, bytes);
"""
_PUT = """
INSERT INTO swtemporal_cache (key, workflow, stored, expires, bytes, about, value) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (key) DO UPDATE SET workflow = $2, stored = $3, expires = $4, bytes = $5, about = $6, value = $7
"""
# Rows that another session is about to change are left to it: waiting for each other, two could wait for ever.
_EXPIRED = "DELETE FROM swtemporal_cache WHERE key IN (SELECT key FROM swtemporal_cache WHERE expires <= $1 FOR UPDATE SKIP LOCKED)"
_TOO_MUCH = """
DELETE FROM swtemporal_cache WHERE key IN (
    SELECT key FROM swtemporal_cache WHERE key IN (
        SELECT key FROM (SELECT key, SUM(bytes) OVER (ORDER BY stored DESC, key) AS held FROM swtemporal_cache) AS held WHERE held > $1
    ) FOR UPDATE SKIP LOCKED
)
"""
_REMOVE = "DELETE FROM swtemporal_cache WHERE left(key, $1) = $2 AND ($3::text IS NULL OR workflow = $3)"


class Postgres:
    """The table `swtemporal_cache`, made when it is first needed and not there."""

    def __init__(self, url: str, most: int = STORE_BYTES) -> None:
        self._url = url
        self._most = most
        self._tidying = Tidying()
        self._opening = asyncio.Lock()
        self._pool: asyncpg.Pool | None = None

    async def get(self, key: str) -> Stored | None:
        """What is kept under a key."""
        found = await (await self._connected()).fetchrow("SELECT about, value FROM swtemporal_cache WHERE key = $1", key)
        return None if found is None else Stored(found["about"], found["value"])

    async def put(self, about: About, stored: Stored) -> None:
        """Keep a result."""
        pool = await self._connected()
        await pool.execute(_PUT, about.key, about.workflow, about.stored, about.expires, about.bytes, stored.about, stored.value)
        if self._tidying.due(about.bytes):
            await pool.execute(_EXPIRED, about.stored)
            if await pool.fetchval("SELECT COALESCE(SUM(bytes), 0) FROM swtemporal_cache") > self._most:
                await pool.execute(_TOO_MUCH, self._most)

    async def abouts(self, now: int) -> AsyncIterator[str]:
        """What is known of each result, the latest to expire first."""
        pool = await self._connected()
        await pool.execute(_EXPIRED, now)
        for found in await pool.fetch("SELECT about FROM swtemporal_cache WHERE expires > $1 ORDER BY expires DESC", now):
            yield found["about"]

    async def remove(self, *, prefix: str = "", workflow: str | None = None) -> int:
        """Remove results."""
        done = await (await self._connected()).execute(_REMOVE, len(prefix), prefix, workflow)
        return int(done.rpartition(" ")[2])

    async def close(self) -> None:
        """Close the connections; what is under way on them is given up."""
        if self._pool is not None:
            self._pool.terminate()

    async def _connected(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                # Statements are not prepared: a pooler in between may give each one another session.
                pool = asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=_CONNECTIONS,
                    timeout=_PATIENCE,
                    command_timeout=_PATIENCE,
                    statement_cache_size=0,
                    server_settings={"application_name": "swtemporal"},
                )
                await pool
                try:
                    await _prepare(pool)
                except BaseException:
                    pool.terminate()
                    raise
                self._pool = pool
            return self._pool


async def _prepare(pool: asyncpg.Pool) -> None:
    """The table; where it is there already, nothing but its use need be granted."""
    if await pool.fetchval("SELECT to_regclass('swtemporal_cache')") is None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            await connection.execute(_TABLE)
