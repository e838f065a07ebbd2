from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from interpreter.effects import CALL_HTTP
from tests.activities.performing import arguments, environment, http, performed

POLICY = {"errors": None, "count": 2, "delay": 1, "backoff": "constant", "jitter": None, "limit": None, "attempt": None, "start": 0}
CARRIED = {"failed": 1, "attempts": [{"attempt": 1, "at": 5, "error": {"type": "t", "status": 500}, "next": 6}]}


@pytest.mark.parametrize(
    ("retry", "before", "beat"), [(None, [], ()), (True, [], ({"failed": 0, "attempts": []},)), (True, [CARRIED], (CARRIED,))]
)
def test_it_beats_as_long_as_it_runs_with_the_attempts_before(counterpart, retry, before, beat):
    beats = []

    async def beating():
        env = environment(heartbeat_timeout=timedelta(milliseconds=30), heartbeat_details=before, attempt=1 + len(before))
        enough = asyncio.Event()
        env.on_heartbeat = lambda *details: (beats.append(details), enough.set() if len(beats) == 3 else None)
        given = arguments(http(counterpart, "/slow/a"), retry=retry and POLICY)
        running = asyncio.create_task(performed(CALL_HTTP, given, env=env))
        await enough.wait()
        counterpart.release("a")
        await running

    asyncio.run(beating())
    assert beats[:3] == [beat] * 3


def test_without_a_timeout_it_does_not_beat(counterpart):
    env = environment(heartbeat_timeout=None)
    beats = []
    env.on_heartbeat = lambda *details: beats.append(details)
    assert asyncio.run(performed(CALL_HTTP, arguments(http(counterpart, "/v2/pet/1")), env=env))["id"] == 1
    assert beats == []
