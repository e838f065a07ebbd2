from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest
from temporalio.service import RPCError, RPCStatusCode

from activities.containers import sweeping
from activities.containers.labels import NAMESPACE, Owner, due, labels_of
from activities.containers.sweeping import sweep, sweep_for_ever, sweep_orphans
from interpreter.faults import fault
from tests.activities.containers.engine import FakeEngine

OWNER = Owner(namespace="here", workflow="w", run="r", activity="/do/0/a#1")


@pytest.fixture
def engine():
    return FakeEngine()


def kept(engine, lifetime, finished=None) -> None:
    async def keeping():
        id = await engine.create(f"c{len(engine.containers)}", {"Labels": labels_of(lifetime, OWNER, "k")})
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


@pytest.mark.parametrize(
    "labels", [{}, {"a": "b"}, labels_of({"cleanup": "always"}, OWNER, "k"), labels_of({"cleanup": "never"}, OWNER, "k")]
)
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


# What a lost worker has left


class Server:
    """Knows which activities its runs wait for."""

    def __init__(self, *waited: tuple[str, str, str]) -> None:
        self.waited = waited
        self.asked = []

    async def namespace(self) -> str:
        return "here"

    async def waits(self, workflow: str, run: str, activity: str) -> bool:
        self.asked.append((workflow, run, activity))
        return (workflow, run, activity) in self.waited


def running(engine, labels, *, finished=None, status="running") -> None:
    async def making():
        id = await engine.create(f"c{len(engine.containers)}", {"Labels": labels})
        engine.containers[id].status = status
        if finished is not None:
            engine.containers[id].end(finished=finished)

    asyncio.run(making())


def left(engine, server) -> list[tuple[str, str]]:
    asyncio.run(sweep_orphans(engine, server))
    return [(made.name, made.status) for made in engine.containers.values()]


@pytest.mark.parametrize(
    ("lifetime", "becomes"),
    [
        ({"cleanup": "always"}, []),
        ({"cleanup": "never"}, [("c0", "exited")]),
        ({"cleanup": "eventually", "after": 5}, [("c0", "exited")]),
    ],
)
@pytest.mark.parametrize("status", ["created", "running", "paused"])
def test_a_container_that_no_run_waits_for_ends_as_its_lifetime_says(engine, lifetime, status, becomes):
    running(engine, labels_of(lifetime, OWNER, "k"), status=status)
    assert left(engine, Server()) == becomes


def test_one_that_a_run_waits_for_runs_on(engine):
    running(engine, labels_of({"cleanup": "always"}, OWNER, "k"))
    assert left(engine, Server(("w", "r", "/do/0/a#1"))) == [("c0", "running")]


@pytest.mark.parametrize(
    "labels",
    [
        labels_of({"cleanup": "always"}, replace(OWNER, namespace="elsewhere"), "k"),
        labels_of({"cleanup": "always"}, replace(OWNER, namespace=None), "k"),
        labels_of({"cleanup": "always"}, OWNER, "k", awaited=False),
        {NAMESPACE: "here"},
        {},
    ],
)
def test_those_of_others_and_those_that_nobody_awaits_are_left_alone(engine, labels):
    running(engine, labels)
    server = Server()
    assert (left(engine, server), server.asked) == ([("c0", "running")], [])


def test_of_those_that_have_ended_only_what_should_be_gone_goes(engine):
    running(engine, labels_of({"cleanup": "never"}, OWNER, "k"), finished=1)
    running(engine, labels_of({"cleanup": "always"}, OWNER, "k"), finished=1)
    assert left(engine, Server()) == [("c0", "exited")]


def test_the_server_is_asked_at_the_first_look_and_then_now_and_again(engine, monkeypatch):
    monkeypatch.setattr(sweeping, "INTERVAL", 0)
    running(engine, labels_of({"cleanup": "always"}, OWNER, "k"))
    server = Server(("w", "r", "/do/0/a#1"))
    looks = iter(range(sweeping.ORPHANS + 1))
    asked = []

    def found():
        asked.append(len(server.asked))
        if next(looks, None) is None:
            raise KeyboardInterrupt
        return engine

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(sweep_for_ever(found, server))
    assert asked == [0, *[1] * sweeping.ORPHANS, 2]


def test_a_server_that_does_not_answer_is_told(engine, monkeypatch, caplog):
    monkeypatch.setattr(sweeping, "INTERVAL", 0)
    monkeypatch.setattr(sweeping, "ORPHANS", 1)
    looks = iter([engine, engine])

    class Silent(Server):
        async def namespace(self) -> str:
            raise RPCError("it is gone", RPCStatusCode.UNAVAILABLE, b"")

    def found():
        look = next(looks, None)
        if look is None:
            raise KeyboardInterrupt
        return look

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(sweep_for_ever(found, Silent()))
    assert [record.getMessage() for record in caplog.records] == ["containers are not cleaned up: it is gone"]
