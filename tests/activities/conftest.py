from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.counterparts import Counterpart
from tests.server import temporal_server  # noqa: F401  a fixture


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def counterpart() -> Iterator[Counterpart]:
    with Counterpart() as running:
        yield running


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that is taken, and listens to nobody."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
