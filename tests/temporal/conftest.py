"""The session's server, and one house (client, worker, queue of its own) for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.server import temporal_server  # noqa: F401  a fixture
from tests.temporal.house import House, opened
from tests.temporal.replaying import replay_elsewhere


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where every house leaves its histories; at the end of the session all of them are replayed in another process."""
    folder = tmp_path_factory.mktemp("histories")
    yield folder
    replay_elsewhere(folder)


@pytest.fixture
async def house(request: pytest.FixtureRequest, temporal_server: str, histories: Path) -> AsyncIterator[House]:  # noqa: F811
    """Its worker remembers runs; with parameter 0 it replays them at every task."""
    async with opened(temporal_server, histories, cached=getattr(request, "param", 1000)) as house:
        yield house
