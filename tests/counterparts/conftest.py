"""Brokers for the tests of this folder, and a world of all counterparts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.counterparts.lines import Started, starting
from tests.counterparts.world import World
from tests.server import temporal_server  # noqa: F401  a fixture


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Brokers that run for all tests."""
    with starting(tmp_path_factory.mktemp) as start:
        yield start


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, temporal_server: str) -> Iterator[World]:  # noqa: F811
    """All counterparts, for those who have them in trouble."""
    with World.opened(tmp_path_factory.mktemp("world"), temporal_server) as found:
        yield found
