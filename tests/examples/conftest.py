"""The session's server; where the histories are left, to be replayed in another process at the end; and the door for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.worlds import evaluator, fake
from tests.counterparts.dockerd import client, dockerd, root
from tests.counterparts.registry import registry
from tests.examples.door import Door
from tests.server import temporal_server
from tests.temporal.replaying import replay_elsewhere

__all__ = ["evaluator", "fake", "temporal_server"]


@pytest.fixture(scope="session")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("histories")
    yield folder
    if any(folder.iterdir()):
        replay_elsewhere(folder)


@pytest.fixture
def door(
    temporal_server: str,
    histories: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Door:
    """Nothing of the user's own Temporal configuration counts."""
    for name in [*os.environ]:
        if name.startswith(("TEMPORAL_", "SWTEMPORAL_", "OTEL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NO_COLOR", "1")
    return Door(temporal_server, tmp_path, histories, monkeypatch, capsys)


@pytest.fixture(scope="session")
def daemon() -> Iterator[str]:
    """The address of a Docker whose registry has another `hello-world` than it has itself."""
    with registry(root(), ["echo", "from the registry"]) as (hub, _), dockerd("--registry-mirror", f"http://{hub}") as address:
        client(address, "tag", "hello-world", "hello-world:own")
        yield address


@pytest.fixture
def docker(daemon: str, door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same, as new for each test."""
    monkeypatch.setenv("DOCKER_HOST", daemon)
    client(daemon, "tag", "hello-world:own", "hello-world")
    yield
    for one in client(daemon, "ps", "-aq").split():
        client(daemon, "rm", "-f", one)
