"""Results in Redis, shared by all workers that name the same one; Redis itself removes what has expired.

A result is a hash `swtemporal:cache:KEY` with the fields `about` and `value`. How much there may be is Redis' to say (`maxmemory`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from redis.asyncio import Redis as Client
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from activities.cache.entry import About, Garbage, Stored, about_in

_PREFIX = "swtemporal:cache:"
_AT_ONCE = 200
_PATIENCE = 2.0
"""Seconds for a connection, and for an answer."""


class Redis:
    """The hashes of one database."""

    def __init__(self, url: str) -> None:
        self._client = Client.from_url(
            url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE, retry=Retry(NoBackoff(), 0), client_name="swtemporal"
        )

    async def get(self, key: str) -> Stored | None:
        """What is kept under a key."""
        try:
            about, value = await self._client.hmget(_PREFIX + key, ["about", "value"])
        except ResponseError as error:
            if str(error).startswith("WRONGTYPE"):
                raise Garbage("it is no hash") from None
            raise
        if about is None or value is None:
            return None
        try:
            return Stored(_text(about), _text(value))
        except UnicodeDecodeError:
            raise Garbage("it is no text") from None

    async def put(self, about: About, stored: Stored) -> None:
        """Keep a result; what was there, of whatever type, goes."""
        name = _PREFIX + about.key
        async with self._client.pipeline(transaction=True) as together:
            together.unlink(name)
            together.hset(name, mapping={"about": stored.about, "value": stored.value})
            together.pexpire(name, about.expires - about.stored)
            await together.execute()

    async def abouts(self, now: int) -> AsyncIterator[str]:  # noqa: ARG002  Redis looks at its own clock
        """What is known of each result, in no order."""
        async for names in self._names():
            for about in await self._about(names):
                if about is not None:
                    yield about.decode("utf-8", "replace")

    async def remove(self, *, prefix: str = "", workflow: str | None = None) -> int:
        """Remove results."""
        removed = 0
        async for names in self._names(prefix):
            chosen = names
            if workflow is not None:
                chosen = [name for name, about in zip(names, await self._about(names), strict=True) if _of(about, workflow)]
            removed += await self._client.unlink(*chosen) if chosen else 0
        return removed

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _names(self, prefix: str = "") -> AsyncIterator[list[bytes]]:
        names: list[bytes] = []
        async for name in self._client.scan_iter(match=f"{_PREFIX}{prefix}*", count=_AT_ONCE):
            names.append(name)
            if len(names) == _AT_ONCE:
                yield names
                names = []
        if names:
            yield names

    async def _about(self, names: list[bytes]) -> list[bytes | None]:
        """What is known of each; what is no hash of ours is nothing."""
        async with self._client.pipeline(transaction=False) as together:
            for name in names:
                together.hget(name, "about")
            found = await together.execute(raise_on_error=False)
        return [one if isinstance(one, bytes) else b"" if isinstance(one, ResponseError) else None for one in found]


def _text(found: bytes | str) -> str:
    return found if isinstance(found, str) else found.decode("ascii")


def _of(about: bytes | None, workflow: str) -> bool:
    try:
        return about is not None and about_in(about).workflow == workflow
    except Garbage:
        return False
