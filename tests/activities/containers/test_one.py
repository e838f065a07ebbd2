"""What the activity decides, against an engine that does what a test says. What a real one does is in tests/counterparts."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError

from activities.boundary import effect
from activities.containers.containers import Containers
from activities.containers.labels import EFFECT
from activities.run_container import run_container
from interpreter.effects import RUN_CONTAINER
from interpreter.faults import fault
from tests.activities.containers.engine import FakeEngine
from tests.activities.performing import arguments, environment, preparation

WITH = {
    "image": "alpine",
    "of": {"namespace": "n", "workflow": "w", "task": "t"},
    "pullPolicy": "ifNotPresent",
    "lifetime": {"cleanup": "never"},
    "await": True,
    "return": "stdout",
    "stdout": "text",
}


async def performed(engine, env=None, **with_):
    async with Containers.opened(lambda: engine, lambda: False) as containers:
        run = effect(RUN_CONTAINER, lambda invocation: run_container(invocation, containers), preparation())
        return await (env or environment()).run(run, arguments({**WITH, **with_}))


def perform(engine, env=None, **with_):
    return asyncio.run(performed(engine, env, **with_))


def failed(engine, **with_):
    with pytest.raises(ApplicationError) as caught:
        perform(engine, **with_)
    found = caught.value.details[0]
    return found["type"].rpartition("/")[2], found["status"], found["detail"]


def writing(*pieces, code=0):
    def write(made):
        made.written.extend(pieces)
        made.end(code)

    return write


@pytest.mark.parametrize(
    ("policy", "images", "pulls"),
    [("ifNotPresent", ["alpine"], 0), ("ifNotPresent", [], 1), ("always", ["alpine"], 1), ("never", ["alpine"], 0)],
)
def test_an_image_is_pulled_as_the_policy_says(policy, images, pulls):
    engine = FakeEngine(images=images, registry=["alpine"])
    perform(engine, pullPolicy=policy)
    assert engine.asked.count("pull") == pulls


def test_an_image_that_is_not_there_and_may_not_be_pulled_is_a_fault():
    engine = FakeEngine(images=[], registry=["alpine"])
    assert failed(engine, pullPolicy="never")[:2] == ("configuration", 400)
    assert engine.containers == {}


def test_the_engine_is_opened_when_it_is_needed_and_closed_at_the_end():
    engine = FakeEngine()
    perform(engine)
    assert engine.closed


@pytest.mark.parametrize("cleanup", ["always", "never", "eventually"])
@pytest.mark.parametrize("code", [0, 1])
def test_only_always_removes_what_has_ended(cleanup, code):
    engine = FakeEngine()
    engine.at_start = writing(code=code)
    perform(engine, lifetime={"cleanup": cleanup, "after": 1000}, **{"return": "code"})
    assert len(engine.containers) == (cleanup != "always")


def test_what_does_not_start_is_removed_whatever_the_lifetime():
    engine = FakeEngine()
    engine.trouble["start"] = fault("runtime", "starting the container: no such program")
    assert failed(engine) == ("runtime", 500, "starting the container: no such program")
    assert engine.containers == {}


def test_a_container_that_fails_to_be_made_takes_no_others_with_it():
    engine = FakeEngine()
    engine.trouble["create"] = fault("runtime", "creating: refused")
    failed(engine)
    assert "remove" not in engine.asked


@pytest.mark.parametrize("missed", [None, 0, 1, 2])
def test_what_following_missed_is_there_in_the_end_and_nothing_twice(missed):
    engine = FakeEngine()
    engine.missed = missed
    engine.at_start = writing(("stdout", b"one "), ("stderr", b"e1 "), ("stdout", b"two"), ("stderr", b"e2"))
    assert perform(engine, **{"return": "all"}) == {"code": 0, "stdout": "one two", "stderr": "e1 e2"}


def test_too_much_output_stops_it():
    engine = FakeEngine()
    engine.at_start = lambda made: made.written.append(("stdout", b"x" * 2_000_000))
    assert "more than 1000000 bytes" in failed(engine)[2]
    assert engine.asked[-1] == "stop"


def test_an_engine_that_fails_while_it_runs_is_a_fault_and_it_is_stopped():
    engine = FakeEngine()
    engine.wait = _refusing
    assert failed(engine, lifetime={"cleanup": "always"})[2] == "waiting: refused"
    assert engine.containers == {}


async def _refusing(id):
    raise fault("runtime", "waiting: refused")


# Another attempt


def left(engine: FakeEngine, env, **with_) -> None:
    """What a killed worker leaves: everything but the answer."""

    async def leaving():
        running = await _begun(engine, env, **with_)
        env.cancel(ActivityCancellationDetails(worker_shutdown=True))
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(leaving())


async def _begun(engine: FakeEngine, env, **with_):
    """The activity, as soon as its container runs."""
    begun = asyncio.Event()
    engine.at_start = lambda _: begun.set()
    running, beginning = asyncio.create_task(performed(engine, env, **with_)), asyncio.create_task(begun.wait())
    await asyncio.wait((running, beginning), return_when=asyncio.FIRST_COMPLETED)
    assert begun.is_set(), running.exception()
    await asyncio.sleep(0)
    return running


def test_a_container_that_runs_is_gone_on_with():
    engine = FakeEngine()
    left(engine, environment())
    (made,) = engine.containers.values()
    made.over, made.written = asyncio.Event(), [("stdout", b"all\n")]
    made.end()
    assert perform(engine, environment(attempt=2)) == "all\n"
    assert engine.asked.count("create") == 1


@pytest.mark.parametrize("info", [{"workflow_run_id": "another"}, {"activity_id": "another"}])
def test_another_effect_begins_anew(info):
    engine = FakeEngine()
    left(engine, environment())
    engine.at_start = writing(("stdout", b"new\n"))
    assert perform(engine, environment(**info)) == "new\n"
    assert len({made.config["Labels"][EFFECT] for made in engine.containers.values()}) == 2


def test_another_effect_of_the_same_task_takes_over_the_name_it_was_given():
    engine = FakeEngine()
    left(engine, environment(), name="mine")
    engine.at_start = writing(("stdout", b"new\n"))
    assert perform(engine, environment(activity_id="another"), name="mine") == "new\n"
    assert [made.name for made in engine.containers.values()] == ["mine"]


def test_one_that_was_only_created_begins_anew():
    engine = FakeEngine()
    left(engine, environment())
    (made,) = engine.containers.values()
    made.status = "created"
    engine.at_start = writing(("stdout", b"new\n"))
    assert perform(engine, environment(attempt=2)) == "new\n"
    assert engine.asked.count("create") == 2


@pytest.mark.parametrize(("details", "creations"), [([], 2), ([{"fed": False}], 2), ([{"fed": True}], 1)])
def test_one_that_may_lack_some_of_its_input_begins_anew(details, creations):
    engine = FakeEngine()
    left(engine, environment(), stdin="x")
    for made in engine.containers.values():
        made.over = asyncio.Event()
        made.end()
    engine.at_start = writing()
    perform(engine, environment(attempt=2, heartbeat_details=details), stdin="x")
    assert engine.asked.count("create") == creations


def test_what_is_not_awaited_is_begun_once():
    engine = FakeEngine()
    engine.at_start = lambda _: None
    for attempt in (1, 2):
        assert perform(engine, environment(attempt=attempt), **{"await": False}) is None
    assert engine.asked.count("create") == 1


# Cancelled


@pytest.mark.parametrize(
    ("why", "stopped"),
    [
        ({"cancel_requested": True}, True),
        ({"not_found": True}, True),
        ({"worker_shutdown": True}, False),
        ({"timed_out": True}, False),
        ({"worker_shutdown": True, "cancel_requested": True}, True),
    ],
)
def test_it_is_stopped_unless_another_attempt_goes_on(why, stopped):
    engine, env = FakeEngine(), environment()

    async def cancelling():
        running = await _begun(engine, env)
        env.cancel(ActivityCancellationDetails(**why))
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelling())
    assert ("stop" in engine.asked) is stopped


def test_what_the_container_is_fed():
    engine = FakeEngine()
    perform(engine, stdin={"a": 1})
    (made,) = engine.containers.values()
    assert made.stdin == b'{"a":1}'
