"""What the activity decides, against an engine that does what a test says, and a server of this machine. What a real one does is in tests/counterparts."""

from __future__ import annotations

import asyncio
import io
import tarfile

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError

from activities.boundary import effect
from activities.call_http_container import call_http_container
from activities.containers.containers import Containers
from activities.invocation import Preparation
from activities.policy import Policy, Rule
from interpreter.effects import FUNCTION_HTTP_CONTAINER
from interpreter.faults import fault
from tests.activities.containers.engine import FakeEngine
from tests.activities.performing import arguments, environment, preparation
from tests.counterparts import Reply

WITH = {
    "image": "alpine",
    "input": {"n": 1},
    "port": 8080,
    "path": "/answer",
    "pullPolicy": "ifNotPresent",
    "startWithin": 10_000,
    "of": {"namespace": "n", "workflow": "w", "task": "t"},
}


@pytest.fixture
def engine(counterpart):
    counterpart.replies["/answer"] = Reply(200, b'{"got": true}')
    found = FakeEngine()
    found.at_start = lambda _: None
    found.ports = {8080: int(counterpart.origin.rpartition(":")[2])}
    return found


async def performed(engine, env=None, policy=None, more=None, **with_):
    prepared: Preparation = preparation({"SWTEMPORAL_SECRET_K": "s3cret"})
    prepared.policy = policy or prepared.policy
    async with Containers.opened(lambda: engine, lambda: False) as containers:
        run = effect(FUNCTION_HTTP_CONTAINER, lambda invocation: call_http_container(invocation, containers), prepared)
        return await (env or environment()).run(run, arguments({**WITH, **with_}, **(more or {})))


def perform(engine, env=None, policy=None, more=None, **with_):
    return asyncio.run(performed(engine, env, policy, more, **with_))


def failed(engine, policy=None, more=None, **with_):
    with pytest.raises(ApplicationError) as caught:
        perform(engine, policy=policy, more=more, **with_)
    found = caught.value.details[0]
    return found["type"].rpartition("/")[2], found["status"], found["detail"]


def test_it_is_asked_once_and_removed(engine, counterpart):
    assert perform(engine) == {"got": True}
    (asked,) = counterpart.to("/answer")
    assert (asked.method, asked.json()) == ("POST", {"n": 1})
    told = {
        name: asked.headers[name.lower()]
        for name in ("Idempotency-Key", "Swt-ActionID", "Direktiv-ActionID", "Swt-TempDir", "Direktiv-TempDir")
    }
    assert set(told.values()) == {"key-1", "/swtemporal"}
    assert engine.containers == {}


def test_no_proxy_is_asked(engine, monkeypatch, unused_port):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port}")
    assert perform(engine) == {"got": True}


def test_its_port_is_published_on_this_machine_alone(engine):
    made = []
    engine.at_start = made.append
    perform(engine)
    assert made[0].config["HostConfig"]["PortBindings"] == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "0"}]}


def test_its_files_stand_in_a_folder_of_the_call(engine):
    made = []
    engine.at_start = made.append
    perform(engine, files={"a.txt": "hello", "deep/b.json": {"b": [1]}})
    with tarfile.open(fileobj=io.BytesIO(made[0].files)) as archive:
        found = {one.name: one.isfile() and archive.extractfile(one).read() for one in archive}
    assert found == {"swtemporal": False, "swtemporal/a.txt": b"hello", "swtemporal/deep/b.json": b'{"b":[1]}'}


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "..", ".", "a\0b"])
def test_a_file_elsewhere_is_refused(engine, name):
    kind, status, detail = failed(engine, files={name: "x"})
    assert (kind, status) == ("configuration", 400)
    assert repr(name) in detail


@pytest.mark.parametrize("removing", [None, fault("runtime", "removing: refused")])
def test_an_answer_counts_even_where_the_container_cannot_be_removed(engine, removing):
    engine.trouble = {"remove": removing} if removing else {}
    assert perform(engine) == {"got": True}


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(200, b""), None),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), ("communication", 500, "it is <html>")),
        (Reply(302, b"", {"Location": "http://elsewhere/"}), ("communication", 302, "http://elsewhere/")),
        (Reply(500, b"oops", {"Content-Type": "text/plain"}), ("communication", 500, "oops")),
        (Reply(500, b"", {"Swt-ErrorMessage": "no luck"}), ("runtime", 500, "no luck")),
        (Reply(409, b"", {"Direktiv-ErrorCode": "taken"}), ("runtime", 409, "the container says no more")),
    ],
)
def test_what_comes_of_an_answer(engine, counterpart, reply, problem):
    counterpart.replies["/answer"] = reply
    if problem is None:
        assert perform(engine) is None
    else:
        found = failed(engine)
        assert found[:2] == problem[:2]
        assert problem[2] in found[2]
    assert engine.containers == {}


def test_a_secret_goes_in_and_is_not_told(engine, counterpart):
    counterpart.replies["/answer"] = Reply(500, b"not s3cret", {"Content-Type": "text/plain"})
    deferred = {place: {"dot": None, "variables": {}} for place in ("/path", "/input")}
    path = "/answer?key=${$secrets.k}"
    kind, _, detail = failed(engine, more={"deferred": deferred, "secrets": ["k"]}, path=path, input="${$secrets.k}")
    (asked,) = counterpart.received
    assert (asked.query, asked.json()) == ({"key": ["s3cret"]}, "s3cret")
    assert (kind, detail) == ("communication", "POST /answer?key=*** of the container: not ***")


def test_one_that_answers_and_ends_has_answered(engine, counterpart):
    def ending(_):
        for made in engine.containers.values():
            asyncio.run_coroutine_threadsafe(_end(made), loops[0])
        return Reply(200, b"5")

    async def running():
        loops.append(asyncio.get_running_loop())
        return await performed(engine)

    loops = []
    counterpart.replies["/answer"] = ending
    assert asyncio.run(running()) == 5


async def _end(made):
    made.end()


def test_one_that_ends_at_once_says_why(engine):
    def end(made):
        made.written.append(("stderr", b"first\nno licence"))
        made.end(3)

    engine.at_start = end
    assert failed(engine) == ("runtime", 500, "the container ended with code 3 before it answered: first\nno licence")
    assert engine.containers == {}


def test_of_much_that_was_written_only_the_end_is_read(engine, monkeypatch):
    read = []

    def end(made):
        made.written += [("stdout", f"{at}\n".encode()) for at in range(1000)]
        made.end(3)

    async def logs(id, *, follow, last=None):
        async for one in FakeEngine.logs(engine, id, follow=follow, last=last):
            read.append(not follow)
            yield one

    engine.at_start = end
    monkeypatch.setattr(engine, "logs", logs)
    assert failed(engine)[2].endswith("998\n999")
    assert sum(read) == 100


def test_a_port_that_never_opens(engine, unused_port):
    engine.ports = {8080: unused_port}
    assert failed(engine, startWithin=1) == (
        "communication",
        504,
        "nothing listens on port 8080 of the container after 0.001 s: it wrote nothing",
    )
    assert engine.containers == {}


def test_a_docker_elsewhere_is_refused(engine):
    engine.here = False
    assert failed(engine)[0] == "configuration"
    assert engine.containers == {}


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        (Rule(kinds=("run.container",), images=("*",)), "function.http-container"),
        (Rule(kinds=("function.http-container",)), "'alpine' under 'images'"),
    ],
)
def test_kind_and_image_have_to_be_granted(engine, rule, named):
    kind, status, detail = failed(engine, policy=Policy((rule,)))
    assert (kind, status) == ("authorization", 403)
    assert named in detail
    assert engine.asked == []


def test_what_is_granted_reaches_its_own_container_though_not_this_machine(engine):
    assert perform(engine, policy=Policy((Rule(kinds=("function.*",), images=("alpine",)),))) == {"got": True}


@pytest.mark.parametrize(
    ("why", "left"),
    [({"cancel_requested": True}, False), ({"worker_shutdown": True}, True), ({"timed_out": True}, True)],
)
def test_it_is_stopped_unless_another_attempt_goes_on(engine, counterpart, why, left):
    counterpart.replies["/answer"] = lambda _: counterpart.hold("one") or Reply(200, b"1")

    async def cancelling(env):
        running = asyncio.create_task(performed(engine, env))
        await asyncio.to_thread(counterpart.held, "one")
        env.cancel(ActivityCancellationDetails(**why))
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelling(environment()))
    counterpart.release("one")
    assert bool(engine.containers) is left
    if left:
        for made in engine.containers.values():
            made.over = asyncio.Event()
        assert perform(engine, environment(attempt=2)) == 1
        assert engine.asked.count("create") == 1


def test_one_that_has_ended_since_is_begun_anew(engine, counterpart):
    counterpart.replies["/answer"] = lambda _: counterpart.hold("one") or Reply(200, b"1")

    async def leaving(env):
        running = asyncio.create_task(performed(engine, env))
        await asyncio.to_thread(counterpart.held, "one")
        env.cancel(ActivityCancellationDetails(worker_shutdown=True))
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(leaving(environment()))
    counterpart.release("one")
    for made in engine.containers.values():
        made.status = "exited"
    assert perform(engine, environment(attempt=2)) == 1
    assert engine.asked.count("create") == 2
