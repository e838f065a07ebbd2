"""The session's server, one counterpart for each test, and a laboratory where workers are killed."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from interpreter.temporal import client as temporal
from tests.killed.counterpart import Counterpart, serving
from tests.killed.laboratory import Laboratory
from tests.server import temporal_server  # noqa: F401  a fixture


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def counterpart() -> AsyncIterator[Counterpart]:
    async with serving() as one:
        yield one


@pytest.fixture
async def laboratory(temporal_server: str, counterpart: Counterpart) -> Laboratory:  # noqa: F811
    client = await temporal.connect(temporal_server)
    return Laboratory(temporal_server, client, f"test-{uuid.uuid4().hex[:12]}", counterpart)
