from __future__ import annotations

import asyncio
from collections import Counter

from activities.assembly import assembled
from interpreter.effects import CALL_HTTP, EMIT, RUN_CONTAINER, RUN_SCRIPT, RUN_SHELL
from tests.activities.performing import Paths
from tests.settings import Settings


def test_every_activity_is_there_once():
    """That none is missing is for tests/test_house.py to say."""

    async def names():
        async with assembled(Settings(), Paths()) as activities:
            return Counter(one.__temporal_activity_definition.name for one in activities)

    found = asyncio.run(names())
    assert {CALL_HTTP, EMIT, RUN_CONTAINER, RUN_SCRIPT, RUN_SHELL} <= found.keys()
    assert set(found.values()) == {1}
