"""Brokers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.counterparts.lines import Started, starting


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Brokers that run for all tests."""
    with starting(tmp_path_factory.mktemp) as start:
        yield start
