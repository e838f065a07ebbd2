"""What every store of results does, whatever it is made of."""

from __future__ import annotations

from typing import Any

from activities.cache.entry import About, Stored, text_of, value_in
from activities.cache.store import Shelf, Store

NOW = 1_767_225_600_000
HOUR = 3_600_000
STRANGE: Any = {"b": 1, "a": ["ü😀\u0000\ud800", 10**30, 1.5, None, {"": {}}], "'; DROP TABLE result; --": True}
"""What databases like to choke on: order of members, NUL, half a surrogate pair, large numbers, quotes."""


def key(number: int) -> str:
    return f"{number:064x}"


def about(number: int, text: str, **members: Any) -> About:
    given = {"workflow": "test/flow", "scope": "workflow", "task": "ask 'x'", "kind": "call.http", "stored": NOW, "expires": NOW + HOUR}
    return About(**{"key": key(number), "bytes": len(text), **given, **members})


async def keep(store: Store, number: int, value: Any, **members: Any) -> None:
    text = text_of(value)
    found = about(number, text, **members)
    await store.put(found, Stored(found.as_text(), text))


async def value(store: Store, number: int) -> Any:
    stored = await store.get(key(number))
    return ... if stored is None else value_in(stored, key(number))[1]


async def gives_back_what_was_kept(store: Store) -> None:
    assert await value(store, 1) is ...
    await keep(store, 1, STRANGE)
    await keep(store, 2, None)
    assert await value(store, 1) == STRANGE
    assert list(await value(store, 1)) == list(STRANGE)
    assert await value(store, 2) is None
    await keep(store, 1, "newer")
    assert await value(store, 1) == "newer"


async def lets_others_look(shelf: Shelf) -> None:
    await keep(shelf, 1, "a")
    await keep(shelf, 2, "bb", workflow="test/other")
    found = [text async for text in shelf.abouts(NOW)]
    assert sorted(found) == sorted([about(1, '"a"').as_text(), about(2, '"bb"', workflow="test/other").as_text()])


async def removes(shelf: Shelf) -> None:
    async def filled() -> None:
        for number in (0x10, 0x11, 0x20):
            await keep(shelf, number << 244, number, workflow="test/other" if number == 0x20 else "test/flow")

    async def left() -> list[int]:
        return [number for number in (0x10, 0x11, 0x20) if await value(shelf, number << 244) is not ...]

    await filled()
    assert await shelf.remove(prefix="011") == 1
    assert await left() == [0x10, 0x20]
    assert await shelf.remove(workflow="test/other") == 1
    assert await left() == [0x10]
    await filled()
    assert await shelf.remove(workflow="test/%") == 0
    assert await shelf.remove() == 3
    assert await left() == []
    assert await shelf.remove() == 0
