"""The two worlds as fixtures; a folder's conftest imports them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator
from tests.conformance.fake import FakeRunner
from tests.conformance.real import RealRunner
from tests.conformance.world import Runner
from tests.temporal.replaying import replay_elsewhere

WORLDS = [
    pytest.param("fake", id="fake"),
    pytest.param("real", id="real", marks=[pytest.mark.server, pytest.mark.xdist_group("conformance")]),
]


@pytest.fixture(scope="session")
def evaluator() -> Iterator[ChildEvaluator]:
    """The product's evaluator, with children of its own."""
    found = ChildEvaluator()
    yield found
    found.close()


@pytest.fixture(scope="session")
def fake(evaluator: ChildEvaluator) -> Runner:
    """No server, a virtual clock."""
    return FakeRunner(evaluator)


@pytest.fixture(scope="session")
def real(temporal_server: str, evaluator: ChildEvaluator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """The product on a real server. At the end all that was run there is replayed in another process."""
    histories = tmp_path_factory.mktemp("histories")
    with RealRunner(temporal_server, evaluator, histories) as runner:
        yield runner
    replay_elsewhere(histories)


@pytest.fixture
def runner(request: pytest.FixtureRequest, world: str) -> Runner:
    """The runner of the world that a test is parametrised with; only what is needed is started."""
    found: Runner = request.getfixturevalue(world)
    return found
