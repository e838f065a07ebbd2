from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import World
from tests.interpreter.interruption import hold
from tests.interpreter.mutants import FRAME_MEMBERS, MUTANTS, forgetting
from tests.interpreter.written import WRITTEN, Written

named = pytest.mark.parametrize("written", WRITTEN, ids=lambda written: written.scene.name)


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


def notices(world: type[World]) -> bool:
    """Whether the checks above fail for one of the documents."""
    for written in WRITTEN:
        try:
            written.check(world)
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


def test_an_engine_that_is_not_broken_is_not():
    assert not notices(World)
