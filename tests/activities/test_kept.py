from __future__ import annotations

import asyncio

import pytest

from activities.kept import Kept, Made

pytestmark = pytest.mark.anyio


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def making(*values, seconds=10.0):
    left = list(values)

    async def make():
        await asyncio.sleep(0)
        return Made(left.pop(0), seconds)

    return make, left


async def test_a_value_is_made_once_and_anew_when_its_time_is_over():
    clock = Clock()
    kept, (make, _) = Kept(5, clock), making("one", "two")
    assert [await kept.value("a", make) for _ in range(2)] == ["one", "one"]
    clock.now = 10.0
    assert kept.known("a") is None
    assert await kept.value("a", make) == "two"


async def test_its_time_begins_when_it_was_asked_for():
    clock = Clock()
    kept = Kept(5, clock)

    async def slow():
        clock.now = 9.0
        return Made("late", 10.0)

    await kept.value("a", slow)
    clock.now = 10.0
    assert kept.known("a") is None


@pytest.mark.parametrize("seconds", [0, -5])
async def test_what_has_no_time_is_not_kept(seconds):
    kept, (make, _) = Kept(5), making("one", "two", seconds=seconds)
    assert [await kept.value("a", make) for _ in range(2)] == ["one", "two"]


async def test_who_asks_meanwhile_waits_for_the_same():
    kept, (make, left) = Kept(5), making("one", "two")
    assert await asyncio.gather(*(kept.value("a", make) for _ in range(50))) == ["one"] * 50
    assert left == ["two"]


async def test_a_failure_is_everybodys_who_waits_and_nobodys_later():
    kept, calls = Kept(5), []

    async def fail():
        calls.append(1)
        await asyncio.sleep(0)
        raise LookupError("no")

    found = await asyncio.gather(*(kept.value("a", fail) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in found] == [LookupError] * 3
    assert len(calls) == 1
    assert await kept.value("a", making("one")[0]) == "one"


async def test_who_is_cancelled_leaves_it_to_the_others():
    kept, go = Kept(5), asyncio.Event()

    async def make():
        await go.wait()
        return Made("one", 10.0)

    first, second = (asyncio.create_task(kept.value("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    go.set()
    assert await second == "one"
    assert first.cancelled()


async def test_the_least_used_leaves():
    kept = Kept(2)
    for key in ("a", "b"):
        await kept.value(key, making(key)[0])
    assert kept.known("a") == "a"
    await kept.value("c", making("c")[0])
    assert [kept.known(key) for key in "abc"] == ["a", None, "c"]


async def test_what_is_of_no_use_is_dropped_but_no_newer_one():
    kept = Kept(2)
    await kept.value("a", making("old")[0])
    kept.drop("a", "older")
    assert kept.known("a") == "old"
    kept.drop("a", "old")
    kept.drop("b", "old")
    assert kept.known("a") is None
