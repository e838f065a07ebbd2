"""One embedded server for all stories of a test process, started and stopped by the command itself; one service per story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.stories.service import Service, serving
from tests.cli.stories.shell import Shell, environment


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("house")
    shell = Shell(folder, environment(folder))
    shell.run("server", "start", "--idle", "0")
    yield folder
    shell.run("server", "stop")


@pytest.fixture
def shell(house: Path, tmp_path: Path) -> Shell:
    """Types in a folder of the test's own; the embedded server runs."""
    return Shell(tmp_path, environment(house))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Shell]:
    """The same, where nothing was ever started; what it starts is stopped at the end."""
    shell = Shell(tmp_path, environment(tmp_path))
    yield shell
    shell.run("server", "stop")


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as one:
        yield one
