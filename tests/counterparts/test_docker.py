"""`run.container` against a real Docker daemon."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError

from activities.assembly import assembled
from activities.containers.docker import docker
from activities.containers.labels import EFFECT
from activities.containers.sweeping import sweep
from interpreter.effects import RUN_CONTAINER
from interpreter.evaluation.child_evaluator import ChildEvaluator
from tests.activities.performing import Paths, arguments, environment, perform, problem
from tests.conformance.fake import FakeRunner
from tests.conformance.world import Script
from tests.counterparts.dockerd import GREETING, client, dockerd, lacking, root
from tests.counterparts.registry import registry
from tests.settings import Settings

pytestmark = [
    pytest.mark.counterpart,
    pytest.mark.xdist_group("docker"),
    pytest.mark.skipif(lacking() is not None, reason=str(lacking())),
]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hub() -> Iterator[tuple[str, list[str]]]:
    """What stands in for Docker Hub."""
    with registry(root(), ["echo", "from the registry"]) as found:
        yield found


@pytest.fixture(scope="module")
def address(hub) -> Iterator[str]:
    with dockerd("--registry-mirror", f"http://{hub[0]}") as found:
        yield found


@pytest.fixture(scope="module")
def evaluator() -> Iterator[ChildEvaluator]:
    found = ChildEvaluator()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def reached(address, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", address)
    yield
    for one in client(address, "ps", "-aq").split():
        client(address, "rm", "-f", one)


def with_of(command=None, **with_):
    given = {"image": "alpine", **({} if command is None else {"command": command}), "of": {"namespace": "n", "workflow": "w", "task": "t"}}
    return {
        **given,
        "pullPolicy": "ifNotPresent",
        "lifetime": {"cleanup": "never"},
        "await": True,
        "return": "stdout",
        "stdout": "text",
        **with_,
    }


def given(command=None, *, key=None, **with_):
    return {**arguments(with_of(command, **with_)), "key": key or str(uuid4())}


def ran(command=None, **with_):
    return perform(RUN_CONTAINER, given(command, **with_))


def failed(command=None, **with_):
    found = problem(RUN_CONTAINER, given(command, **with_))
    return found["type"].rpartition("/")[2], found["status"], found["detail"]


def there(address: str, *filters: str) -> list[dict[str, Any]]:
    lines = client(address, "ps", "-a", "--no-trunc", "--format", "{{json .}}", *filters).splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("wanted", "back"),
    [("stdout", "out\n"), ("stderr", "err\n"), ("code", 0), ("all", {"code": 0, "stdout": "out\n", "stderr": "err\n"}), ("none", None)],
)
def test_return_says_what_comes_back(wanted, back):
    assert ran("echo out; echo err >&2", **{"return": wanted}) == back


def test_without_a_command_the_image_says_what_runs():
    assert ran(image="hello-world") == f"{GREETING}\n"


def test_without_a_command_the_arguments_go_to_the_image():
    assert ran(arguments=["echo", "a b", 3]) == "a b 3\n"


def test_a_command_reads_its_input_and_its_arguments():
    command = 'input=$(cat)\necho "STDIN was: $input"\necho "ARGS are $1 $2"\n'
    assert ran(command, stdin="Hello World", arguments=["Foo", "Bar"]) == "STDIN was: Hello World\nARGS are Foo Bar\n"


def test_much_input_arrives_whole():
    assert ran("wc -c", stdin="x" * 700_000).strip() == "700000"


def test_input_that_nobody_reads_holds_nothing_up():
    assert ran("echo done", stdin="x" * 700_000) == "done\n"


def test_the_environment_is_the_documents(monkeypatch):
    monkeypatch.setenv("SWTEMPORAL_SECRET_X", "hidden")
    found = ran("env", environment={"A": "ü b", "N": 5})
    assert {"A=ü b", "N=5"} <= set(found.splitlines())
    assert "hidden" not in found


def test_what_is_no_text_is_replaced():
    assert ran(r"printf 'a\377b'") == "a\ufffdb"


def test_a_code_that_is_not_zero_is_an_error():
    assert failed("echo broken >&2; exit 3") == ("runtime", 500, "the container ended with code 3: broken")
    assert ran("exit 3", **{"return": "code"}) == 3


def test_a_volume_is_the_hosts_first(tmp_path):
    (tmp_path / "in").write_text("from outside")
    assert ran("cat /data/in && echo out > /data/out", volumes={str(tmp_path): "/data"}) == "from outside"
    assert (tmp_path / "out").read_text() == "out\n"


def test_a_port_is_the_hosts_first(address):
    async def asking():
        async with _performing(
            given("mkdir /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www", ports={"127.0.0.1:0": 80})
        ) as running:
            found = await asyncio.to_thread(_until, lambda: [one for one in there(address) if "->80/tcp" in one["Ports"]])
            port = found[0]["Ports"].partition("->")[0].rpartition(":")[2]
            answer = await asyncio.to_thread(_asked, f"http://127.0.0.1:{port}/")
            running.cancel()
            return answer

    assert asyncio.run(asking()) == "hello\n"


def test_endless_output_ends_the_container(address):
    kind, _, detail = failed("yes")
    assert kind == "runtime"
    assert "more than 1000000 bytes to stdout" in detail
    assert [one["State"] for one in there(address)] == ["exited"]


# Images


def test_an_image_that_may_not_be_pulled_must_be_there():
    assert ran("echo a", pullPolicy="never") == "a\n"
    kind, status, detail = failed(image="nowhere/else:1", pullPolicy="never")
    assert (kind, status) == ("configuration", 400)
    assert "'nowhere/else:1' is not on the worker's host" in detail


@pytest.mark.parametrize(("image", "path"), [("somebody/tool", "somebody/tool/manifests/latest"), ("tool:3", "library/tool/manifests/3")])
def test_an_image_is_pulled_when_it_is_needed_and_once(hub, image, path):
    hub[1].clear()
    assert [ran(image=image), ran(image=image)] == ["from the registry\n"] * 2
    assert hub[1].count(f"/v2/{path}") == 1


def test_an_image_that_is_always_pulled_is(hub):
    for _ in range(2):
        hub[1].clear()
        assert ran(image="somebody/fresh", pullPolicy="always") == "from the registry\n"
        assert "/v2/somebody/fresh/manifests/latest" in hub[1]


@pytest.mark.parametrize("with_", [{"image": "127.0.0.1:1/nothing"}, {"image": "127.0.0.1:1/alpine", "pullPolicy": "always"}])
def test_an_image_that_cannot_be_pulled_is_an_error(address, with_):
    kind, status, detail = failed(**with_)
    assert (kind, status) == ("runtime", 500)
    assert detail.startswith(f"pulling the image '{with_['image']}': ")
    assert there(address) == []


# Names and what is left


def test_a_container_without_a_name_is_called_after_its_task(address):
    ran("true", of={"namespace": "space", "workflow": "flow", "task": "my task"})
    (found,) = there(address)
    assert found["Names"].startswith("flow-")
    assert found["Names"].endswith(".space-my-task")
    assert len(found["Names"]) == len("flow-.space-my-task") + 36


def test_a_container_is_called_as_the_document_says_and_no_other_may_be(address):
    ran("true", name="mine")
    assert [one["Names"] for one in there(address)] == ["mine"]
    assert failed("true", name="mine") == ("runtime", 409, "there is another container called 'mine'")


def test_another_attempt_of_the_document_takes_the_name_over(address):
    assert problem(RUN_CONTAINER, given("exit 1", name="mine", key="same"), env=environment(activity_id="a#1"))["status"] == 500
    assert perform(RUN_CONTAINER, given("echo second", name="mine", key="same"), env=environment(activity_id="a#2")) == "second\n"
    assert len(there(address)) == 1


def test_what_has_ended_stays_or_goes_as_its_lifetime_says(address):
    ran("true", name="stays")
    ran("true", name="goes", lifetime={"cleanup": "always"})
    assert failed("exit 1", name="fails", lifetime={"cleanup": "always"})[0] == "runtime"
    assert [one["Names"] for one in there(address)] == ["stays"]


def test_what_cannot_start_leaves_nothing(address):
    assert failed(image="hello-world", arguments=["/no/such/program"])[0] == "runtime"
    assert there(address) == []


def test_eventually_is_after_its_time_by_whatever_worker(address):
    ran("true", name="later", lifetime={"cleanup": "eventually", "after": 60_000})
    ran("true", name="stays")

    async def swept(seconds: float) -> list[str]:
        engine = docker()
        try:
            finished = (await engine.find("later")).finished
            await sweep(engine, finished + seconds)
        finally:
            await engine.close()
        return sorted(one["Names"] for one in await asyncio.to_thread(there, address))

    assert asyncio.run(swept(59)) == ["later", "stays"]
    assert asyncio.run(swept(61)) == ["stays"]


# Not awaited


def test_what_is_not_awaited_runs_on(address):
    assert ran("exec sleep 1000", name="on", **{"await": False}) is None
    assert [(one["Names"], one["State"]) for one in there(address)] == [("on", "running")]


def test_what_is_not_awaited_is_cleaned_up_by_docker(address):
    assert ran("read line; echo $line", stdin="x\n", lifetime={"cleanup": "always"}, **{"await": False}) is None
    _until(lambda: there(address) == [])


def test_what_is_not_awaited_and_cannot_start_is_an_error():
    assert failed(image="hello-world", arguments=["/no/such/program"], **{"await": False})[0] == "runtime"


@pytest.mark.parametrize(("cleanup", "left"), [("always", []), ("never", ["exited"])])
def test_cancelled_while_it_does_not_read_it_is_cleaned_up_too(address, cleanup, left):
    async def cancelling():
        async with _performing(given("exec sleep 1000", stdin="x" * 700_000, lifetime={"cleanup": cleanup})) as running:
            await asyncio.to_thread(_until, lambda: _running(address))
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(cancelling())
    assert [one["State"] for one in there(address)] == left


# Cancelled, looked at, left by a worker


@pytest.mark.parametrize(("cleanup", "left"), [("always", []), ("never", ["exited"])])
@pytest.mark.parametrize("command", ["trap 'exit 0' TERM; while :; do sleep 0.1; done", "trap '' TERM; while :; do sleep 0.1; done"])
def test_cancelled_it_is_stopped_and_cleaned_up(address, cleanup, left, command):
    async def cancelling():
        async with _performing(given(command, lifetime={"cleanup": cleanup})) as running:
            await asyncio.to_thread(_until, lambda: _running(address))
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(cancelling())
    assert [one["State"] for one in there(address)] == left


def test_whoever_looks_on_sees_the_latest_lines_without_secrets(address):
    beats = []
    env = environment(heartbeat_timeout=timedelta(milliseconds=60))

    async def looking():
        seen = asyncio.Event()
        env.on_heartbeat = lambda *details: (beats.append(details[0]), seen.set() if details[0]["lines"] else None)
        more = {"deferred": {"/environment/T": {"dot": None, "variables": {}}}, "secrets": ["t"]}
        asked = {**given('echo "first $T"; exec sleep 1000', name="seen", environment={"T": "${$secrets.t}"}), **more}
        async with _performing(asked, env, Settings(environment={"SWTEMPORAL_SECRET_T": "s3cret"})) as running:
            await seen.wait()
            running.cancel()

    asyncio.run(looking())
    assert {name: beats[-1][name] for name in ("container", "lines")} == {"container": "seen", "lines": ["first ***"]}


@pytest.mark.parametrize("with_", [{}, {"stdin": "x"}])
def test_a_worker_that_shuts_down_leaves_it_to_the_next(address, tmp_path, with_):
    asked = given("echo begun; while [ ! -e /gate/open ]; do sleep 0.05; done; echo ended", volumes={str(tmp_path): "/gate"}, **with_)

    async def leaving():
        env = environment()
        async with _performing(asked, env) as running:
            await asyncio.to_thread(_until, lambda: _running(address))
            await asyncio.to_thread(_until, lambda: _said(address, "begun"))
            env.worker_shutdown()
            with pytest.raises(ApplicationError) as caught:
                await running
            assert (caught.value.type, caught.value.non_retryable) == ("WorkerShutdown", False)

    asyncio.run(leaving())
    (before,) = _running(address)
    (tmp_path / "open").touch()
    details = [{"fed": True}] if with_ else []
    assert perform(RUN_CONTAINER, asked, env=environment(attempt=2, heartbeat_details=details)) == "begun\nended\n"
    assert [one["ID"] for one in there(address)] == [before["ID"]]


def test_a_worker_that_is_cancelled_since_it_shuts_down_leaves_it_too(address):
    async def leaving():
        env = environment()
        async with _performing(given("exec sleep 1000"), env) as running:
            await asyncio.to_thread(_until, lambda: _running(address))
            env.cancel(ActivityCancellationDetails(worker_shutdown=True))
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(leaving())
    assert len(_running(address)) == 1


def test_a_killed_worker_leaves_a_container_that_the_next_one_finds(address, tmp_path):
    asked = given("echo begun; while [ ! -e /gate/open ]; do sleep 0.05; done; echo ended", volumes={str(tmp_path): "/gate"})
    worker = _worker(asked)
    _until(lambda: _said(address, "begun"))
    worker.kill()
    worker.wait()
    (before,) = _running(address)
    (tmp_path / "open").touch()
    assert perform(RUN_CONTAINER, asked, env=environment(attempt=2)) == "begun\nended\n"
    assert [one["ID"] for one in there(address)] == [before["ID"]]


def test_one_that_may_have_lost_some_of_its_input_is_begun_anew(address, tmp_path):
    asked = given("while [ ! -e /gate/open ]; do sleep 0.05; done; wc -c", stdin="x" * 700_000, volumes={str(tmp_path): "/gate"})
    worker = _worker(asked)
    _until(lambda: _running(address))
    worker.kill()
    worker.wait()
    (tmp_path / "open").touch()
    assert perform(RUN_CONTAINER, asked, env=environment(attempt=2)).strip() == "700000"
    assert len(there(address)) == 1


def test_every_container_is_known_by_its_effect(address):
    ran("true")
    assert EFFECT in client(address, "inspect", there(address)[0]["ID"])

    # Documents


def test_the_sample(address, evaluator):
    text = (ROOT / "samples" / "run-container.yaml").read_text()
    ran = FakeRunner(evaluator).run(text, {"name": "Ada"}, script=Script(serve=lambda: nullcontext({})))
    assert (ran.outcome, ran.output) == ("completed", {"greeting": "Hello, Ada!"})
    assert there(address) == []


# Without Docker


def test_a_docker_that_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such/docker.sock")
    kind, status, detail = failed("true")
    assert (kind, status) == ("runtime", 500)
    assert "/no/such/docker.sock" in detail


# How it is done


@asynccontextmanager
async def _performing(asked, env=None, settings=None):
    async with assembled(settings or Settings(), Paths()) as activities:
        chosen = {one.__temporal_activity_definition.name: one for one in activities}[RUN_CONTAINER]
        running = asyncio.ensure_future((env or environment(activity_type=RUN_CONTAINER)).run(chosen, asked))
        try:
            yield running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _worker(asked) -> subprocess.Popen[bytes]:
    code = """
import json, sys
from interpreter.effects import RUN_CONTAINER
from tests.activities.performing import perform
perform(RUN_CONTAINER, json.load(sys.stdin))
"""
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE)
    with worker.stdin:
        worker.stdin.write(json.dumps(asked).encode())
    return worker


def _running(address: str) -> list[dict[str, Any]]:
    return [one for one in there(address) if one["State"] == "running"]


def _said(address: str, text: str) -> bool:
    return any(text in client(address, "logs", one["ID"]) for one in _running(address))


def _asked(uri: str) -> str:
    def ask():
        try:
            with urllib.request.urlopen(uri) as answer:
                return answer.read().decode()
        except OSError:
            return None

    return _until(ask)


def _until(holds):
    ends = time.monotonic() + 60
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < ends
        time.sleep(0.05)
