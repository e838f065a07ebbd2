from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from activities.cache.sqlite import Sqlite
from tests.activities.cache.stories import HOUR, NOW, gives_back_what_was_kept, keep, lets_others_look, removes, value

ELSEWHERE = """
import asyncio, sys
from pathlib import Path
from activities.cache.sqlite import Sqlite
from tests.activities.cache.stories import keep

async def main():
    store = Sqlite(Path(sys.argv[1]))
    for number in range(40):
        await keep(store, int(sys.argv[2]) * 100 + number, number)
    await store.close()

asyncio.run(main())
"""


@asynccontextmanager
async def opened(path: Path, **more: int) -> AsyncIterator[Sqlite]:
    store = Sqlite(path, **more)
    try:
        yield store
    finally:
        await store.close()


@pytest.mark.parametrize("story", [gives_back_what_was_kept, lets_others_look, removes])
def test_it_is_a_store(story, tmp_path):
    async def whole():
        async with opened(tmp_path / "new" / "results.db") as store:
            await story(store)

    asyncio.run(whole())


def test_it_is_there_for_the_next_process_and_for_its_owner_only(tmp_path):
    path = tmp_path / "new" / "results.db"

    async def kept():
        async with opened(path) as store:
            await keep(store, 1, "a")
            return {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} | {stat.S_IMODE(path.parent.stat().st_mode) & 0o77}

    async def found():
        async with opened(path) as store:
            return await value(store, 1)

    assert asyncio.run(kept()) == {0o600, 0}
    assert asyncio.run(found()) == "a"


def test_nothing_is_made_before_it_is_needed(tmp_path):
    async def story():
        async with opened(tmp_path / "new" / "results.db"):
            pass

    asyncio.run(story())
    assert list(tmp_path.iterdir()) == []


def test_processes_share_a_file_from_its_first_moment(tmp_path):
    path = tmp_path / "results.db"
    processes = [subprocess.Popen([sys.executable, "-c", ELSEWHERE, str(path), str(number)]) for number in range(4)]
    assert [process.wait() for process in processes] == [0] * 4

    async def story():
        async with opened(path) as store:
            return [await value(store, one * 100 + number) for one in range(4) for number in range(40)]

    assert asyncio.run(story()) == list(range(40)) * 4


def test_a_new_file_that_another_process_has_just_locked_is_waited_for(tmp_path):
    """SQLite itself does not wait where the write-ahead log is begun."""
    path = tmp_path / "results.db"

    async def story():
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            freed = threading.Timer(0.2, other.execute, ["COMMIT"])
            freed.start()
            async with opened(path) as store:
                await keep(store, 1, "kept")
                found = await value(store, 1)
            freed.join()
        return found

    assert asyncio.run(story()) == "kept"


def test_what_has_expired_is_removed(tmp_path):
    async def story():
        async with opened(tmp_path / "results.db") as store:
            await keep(store, 1, "old", stored=NOW - HOUR, expires=NOW - 1)
            await keep(store, 2, "new")
            listed = [one async for one in store.abouts(NOW)]
            return len(listed), await value(store, 1)

    assert asyncio.run(story()) == (1, ...)


def test_the_oldest_leave_when_there_is_too_much_however_long_they_were_to_stay(tmp_path):
    path = tmp_path / "results.db"

    async def story():
        async with opened(path) as store:
            for number in range(5):
                await keep(store, number, "x" * 100, expires=NOW + HOUR - number)
            await keep(store, 1, "y" * 100)
        async with opened(path, most=450) as store:
            await keep(store, 5, "x" * 100, expires=NOW + HOUR // 2)
            return [number for number in range(6) if await value(store, number) is not ...]

    assert asyncio.run(story()) == [1, 3, 4, 5]


def test_what_was_removed_is_not_left_in_the_file(tmp_path):
    path = tmp_path / "results.db"

    async def story():
        async with opened(path) as store:
            await keep(store, 1, "private-4711")
        assert b"private-4711" in path.read_bytes()
        async with opened(path) as store:
            await store.remove()

    asyncio.run(story())
    assert b"private-4711" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_something_else_is_left_alone(content, tmp_path):
    path = tmp_path / "results.db"
    path.write_bytes(content)

    async def story():
        async with opened(path) as store:
            await store.get("0" * 64)

    with pytest.raises(sqlite3.DatabaseError):
        asyncio.run(story())
    assert path.read_bytes() == content


def test_a_file_of_a_later_version_is_left_alone(tmp_path):
    path = tmp_path / "results.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")

    async def story():
        async with opened(path) as store:
            await store.get("0" * 64)

    with pytest.raises(sqlite3.DatabaseError, match="later version"):
        asyncio.run(story())
