from __future__ import annotations

import asyncio

from activities.assembly import assembled
from activities.settings import Settings
from interpreter.effects import CALL_A2A, CALL_GRPC, CALL_HTTP, CALL_MCP, CALL_OPENAPI, EMIT, FETCH, READ_SECRETS
from tests.activities.performing import Paths


def test_every_effect_has_its_activity():
    async def names():
        async with assembled(Settings(), Paths()) as activities:
            return {one.__temporal_activity_definition.name for one in activities}

    assert asyncio.run(names()) == {CALL_A2A, CALL_GRPC, CALL_HTTP, CALL_MCP, CALL_OPENAPI, EMIT, FETCH, READ_SECRETS}
