from __future__ import annotations

import asyncio

from activities.cache.memory import Memory
from tests.activities.cache.stories import NOW, gives_back_what_was_kept, keep, value


def test_it_gives_back_what_was_kept():
    asyncio.run(gives_back_what_was_kept(Memory()))


def test_the_least_used_leave_when_there_is_too_much():
    async def story():
        store = Memory(2_000)
        for number in range(3):
            await keep(store, number, "x" * 600)
            await value(store, 0)
        return [await value(store, number) is not ... for number in range(3)]

    assert asyncio.run(story()) == [True, False, True]


def test_what_has_no_time_left_is_not_kept():
    async def story():
        store = Memory()
        await keep(store, 1, "a", expires=NOW)
        return await value(store, 1)

    assert asyncio.run(story()) is ...
