from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from tests.fakes import Ran, World
from tests.interpreter import generated
from tests.interpreter.collected import from_cases, from_samples
from tests.interpreter.interruption import Scene, hold
from tests.interpreter.mutants import FRAME_MEMBERS, HURRIED, MUTANTS, forgetting
from tests.interpreter.written import WRITTEN, Written
from tests.interpreter.written_around import AROUND

ALL = [*WRITTEN, *AROUND]

named = pytest.mark.parametrize("written", ALL, ids=lambda written: written.scene.name)


@named
def test_what_comes_of_a_written_document(written: Written):
    written.check()


@named
def test_a_written_document_may_be_interrupted_anywhere_and_twice(written: Written):
    assert hold(written.scene, pairs=True) > 1


@named
@pytest.mark.parametrize("steps", [1, 3])
def test_a_written_document_may_be_interrupted_after_every_few_tasks(written: Written, steps: int):
    hold(replace(written.scene, steps=steps))


@pytest.mark.parametrize("scene", [*from_cases(), *from_samples()], ids=lambda scene: scene.name)
def test_a_document_of_other_tests_may_be_interrupted_anywhere(scene: Scene):
    hold(scene, most=10)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("generated")))


def test_a_generated_document_may_be_interrupted_anywhere(seed: int):
    hold(generated.scene(seed), most=6)


def outlast(at: int) -> None:
    """A document in which only time goes by must come out the same, with the same instants, though nobody looked for a while."""
    scene = replace(generated.scene(at, plain=generated.INSIDE), steps=20_000)
    whole = scene.ran()
    assert isinstance(whole, Ran)
    for step in range(1, min(whole.steps, 6)):
        late = scene.ran(world=partial(World, outages={step: 30_000}))
        assert isinstance(late, Ran)
        assert repr((late.output, late.problem, late.context, late.notices)) == repr(
            (whole.output, whole.problem, whole.context, whole.notices)
        )


@pytest.mark.parametrize("at", range(100))
def test_where_only_time_goes_by_an_outage_changes_nothing_but_when_it_is_seen(at: int):
    outlast(at)


def test_an_engine_that_skips_alarms_is_noticed_by_an_outage():
    def outlast_some() -> None:
        for at in range(20):
            outlast(at)

    with HURRIED.alive(), pytest.raises(AssertionError):
        outlast_some()


def notices(world: type[World]) -> bool:
    """Whether the checks above fail for one of the documents."""
    try:
        for written in ALL:
            written.check(world)
        for written in ALL:
            hold(written.scene, world=world)
    except Exception:  # noqa: BLE001 - a broken engine may fail in any way
        return True
    return False


@pytest.mark.parametrize("member", FRAME_MEMBERS)
def test_what_a_capture_loses_is_noticed(member):
    assert notices(forgetting(member))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_an_engine_broken_on_purpose_is_noticed(mutant):
    with mutant.alive():
        assert notices(World)
