"""The DSL's conformance kit, in both worlds."""

from __future__ import annotations

import pytest

from tests.conformance.kit import FOLDER, Scenario, play, scenarios
from tests.conformance.world import Runner
from tests.conformance.worlds import WORLDS

KIT = list(scenarios())


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("scenario", KIT, ids=lambda scenario: f"{scenario.file}: {scenario.name}")
def test_a_scenario_of_the_kit_holds(scenario: Scenario, world: str, runner: Runner, record_property) -> None:
    record_property("world", world)
    record_property("kit", scenario.file)
    play(scenario, runner)


def test_the_whole_kit_was_read() -> None:
    if not KIT:
        pytest.skip(f"the kit is not here ({FOLDER}); the project's own cases cover the same ground and more")
    assert len(KIT) == 21
