from __future__ import annotations

import asyncio
import logging

import pytest

from activities.containers import sweeping
from activities.containers.labels import due, labels_of
from activities.containers.sweeping import sweep, sweep_for_ever
from interpreter.faults import fault
from tests.activities.containers.engine import FakeEngine


@pytest.fixture
def engine():
    return FakeEngine()


def kept(engine, lifetime, finished=None) -> None:
    async def keeping():
        id = await engine.create(f"c{len(engine.containers)}", {"Labels": labels_of(lifetime, "e", "k")})
        if finished is not None:
            engine.containers[id].end(finished=finished)

    asyncio.run(keeping())


def test_only_what_is_due_goes(engine):
    kept(engine, {"cleanup": "eventually", "after": 10_000}, finished=100)
    kept(engine, {"cleanup": "eventually", "after": 30_000}, finished=100)
    kept(engine, {"cleanup": "eventually", "after": 0})
    kept(engine, {"cleanup": "never"}, finished=0)
    asyncio.run(sweep(engine, 109.9))
    assert len(engine.containers) == 4
    asyncio.run(sweep(engine, 110))
    assert [made.name for made in engine.containers.values()] == ["c1", "c2", "c3"]


@pytest.mark.parametrize("labels", [{}, {"a": "b"}, labels_of({"cleanup": "always"}, "e", "k"), labels_of({"cleanup": "never"}, "e", "k")])
def test_what_is_not_ours_or_stays_is_never_due(labels):
    assert due(labels, 5) is None


def test_an_engine_that_fails_is_told_once_until_it_works_again(engine, monkeypatch, caplog):
    monkeypatch.setattr(sweeping, "INTERVAL", 0)
    looks = iter(["no engine", "fails", "fails", "works", "fails", "stop"])
    kept(engine, {"cleanup": "eventually", "after": 0}, finished=0)

    def found():
        look = next(looks)
        if look == "stop":
            raise KeyboardInterrupt
        if look == "fails":
            engine.trouble["labelled"] = fault("runtime", "it is gone")
        else:
            engine.trouble.clear()
        return None if look == "no engine" else engine

    with caplog.at_level(logging.WARNING), pytest.raises(KeyboardInterrupt):
        asyncio.run(sweep_for_ever(found))
    assert [record.getMessage() for record in caplog.records] == ["containers are not cleaned up: it is gone"] * 2
    assert engine.containers == {}
