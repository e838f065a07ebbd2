"""`http-container` against a real Docker daemon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from temporalio.activity import ActivityCancellationDetails

from interpreter.effects import FUNCTION_HTTP_CONTAINER
from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.values import Json
from tests.activities.performing import arguments, environment, perform, performed, problem
from tests.conformance.fake import FakeRunner
from tests.conformance.world import Script
from tests.counterparts.dockerd import client, dockerd, lacking, root
from tests.counterparts.test_docker import ROOT, _running, _until, there
from tests.settings import Settings

pytestmark = [
    pytest.mark.counterpart,
    pytest.mark.xdist_group("docker"),
    pytest.mark.skipif(lacking() is not None, reason=str(lacking())),
]

FUNCTION = """
set -e
mkdir -p /www/cgi-bin
cat > /www/cgi-bin/answer <<'END'
#!/bin/sh
input=$(head -c "$CONTENT_LENGTH")
echo "asked $REQUEST_METHOD $HTTP_IDEMPOTENCY_KEY" >> /calls
%s
END
chmod +x /www/cgi-bin/answer
echo starting $GREETING
exec httpd -f -p 8080 -h /www
"""
ECHO = 'printf "Content-Type: application/json\\r\\n\\r\\n%s" "$input"'


def function(script: str = ECHO) -> str:
    return FUNCTION % script


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with dockerd() as found:
        yield found


@pytest.fixture(autouse=True)
def reached(address, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", address)
    yield
    for one in client(address, "ps", "-aq").split():
        client(address, "rm", "-f", one)


def given(script: str = ECHO, *, more: dict[str, Json] | None = None, key: str = "key-1", **with_: Json) -> dict[str, Json]:
    asked = {
        "image": "alpine",
        "command": function(script),
        "input": {"n": 1},
        "port": 8080,
        "path": "/cgi-bin/answer",
        "pullPolicy": "ifNotPresent",
        "startWithin": 60_000,
        "of": {"namespace": "n", "workflow": "w", "task": "t"},
        **with_,
    }
    return {**arguments({name: value for name, value in asked.items() if name != "command" or value}), "key": key, **(more or {})}


def asked(script: str = ECHO, **with_: Json) -> Json:
    return perform(FUNCTION_HTTP_CONTAINER, given(script, **with_))


def failed(script: str = ECHO, **with_: Json) -> tuple[str, int, str, str]:
    found = problem(FUNCTION_HTTP_CONTAINER, given(script, **with_))
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]


@pytest.mark.parametrize("input", [{"a": [1, "ü"]}, [], "text", 7, None])
def test_it_answers_what_it_was_sent_and_nothing_is_left(address, input):
    assert asked(input=input) == input
    assert there(address) == []


def test_what_the_request_says():
    told = asked('printf "\\r\\n%s" "{\\"key\\": \\"$HTTP_IDEMPOTENCY_KEY\\", \\"type\\": \\"$CONTENT_TYPE\\"}"')
    assert told == {"key": "key-1", "type": "application/json"}


def test_environment_and_files():
    script = 'printf "\\r\\n[\\"%s\\", \\"%s\\", %s]" "$WHO" "$(cat /swtemporal/deep/hello.txt)" "$(cat /swtemporal/data.json)"'
    found = asked(script, environment={"WHO": "Ada"}, files={"deep/hello.txt": "hello", "data.json": {"a": 1}})
    assert found == ["Ada", "hello", {"a": 1}]


def test_an_image_that_serves_by_itself(address):
    client(address, "import", "--change", f"CMD {json.dumps(['sh', '-c', function()])}", "-", "function:1", input=root())
    assert asked(image="function:1", command=None) == {"n": 1}


def test_no_content_is_null():
    assert asked("printf '\\r\\n'") is None


def test_an_error_that_is_told_is_the_documents():
    script = "printf 'Direktiv-ErrorCode: myapp.input\\r\\nDirektiv-ErrorMessage: no name\\r\\n\\r\\nignored'"
    assert failed(script) == ("runtime", 500, "myapp.input", "no name")
    script = "printf 'Swt-ErrorCode: https://example.com/errors/input\\r\\nSwt-ErrorMessage: no name\\r\\nStatus: 422 No\\r\\n\\r\\n'"
    found = problem(FUNCTION_HTTP_CONTAINER, given(script))
    assert (found["type"], found["detail"]) == ("https://example.com/errors/input", "no name")


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (
            "printf 'Status: 503 Busy\\r\\nContent-Type: text/plain\\r\\n\\r\\ncome back'",
            ("communication", 503, "Service Unavailable", "come back"),
        ),
        ("printf '\\r\\n<html>'", ("communication", 500, "Response not understood", "is no JSON")),
        ("printf '\\r\\n{\"a\": NaN}'", ("communication", 500, "Response not understood", "NaN")),
        ("kill -9 1; sleep 100", ("communication", 504, "No answer in time", "no answer")),
        ("printf '\\r\\n'; yes | head -c 11000000", ("communication", 500, "Response too large", "larger than")),
    ],
)
def test_an_answer_that_is_none(address, script, problem):
    more = {"timeout": 8000} if "sleep" in script else {}
    kind, status, title, detail = failed(script, more=more)
    assert (kind, status, title) == problem[:3]
    assert problem[3] in detail
    assert there(address) == []


def test_one_that_ends_while_it_is_asked(address):
    command = "echo ready; nc -l -p 8080 -e true; nc -l -p 8080 -e true; echo 'out of memory' >&2; exit 3"
    kind, status, title, detail = failed(command=command)
    assert (kind, status, title) == ("runtime", 500, "Container failed")
    assert detail == "the container ended with code 3 before it answered: ready\nout of memory"
    assert there(address) == []


def test_one_that_ends_at_once(address):
    more = {"deferred": {"/environment/T": {"dot": None, "variables": {}}}, "secrets": ["t"]}
    asked = given(command='echo "no licence $T" >&2; exit 3', environment={"T": "${$secrets.t}"}, more=more)
    found = problem(FUNCTION_HTTP_CONTAINER, asked, Settings(environment={"SWTEMPORAL_SECRET_T": "s3cret"}))
    assert found["detail"] == "the container ended with code 3 before it answered: no licence ***"
    assert there(address) == []


def test_a_port_that_never_opens(address):
    kind, status, _, detail = failed(command="echo thinking; exec sleep 1000", startWithin=1500)
    assert (kind, status) == ("communication", 504)
    assert detail == "nothing listens on port 8080 of the container after 1.5 s: thinking"
    assert there(address) == []


def test_an_image_that_is_not_there():
    kind, status, _, detail = failed(image="nowhere/else:1", pullPolicy="never")
    assert (kind, status) == ("configuration", 400)
    assert "nowhere/else:1" in detail


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert asked() == {"n": 1}


@pytest.mark.parametrize(("name", "kind"), [("elsewhere", "configuration"), (None, None)])
def test_from_within_a_container_with_a_network_of_its_own_none_is_reached(monkeypatch, tmp_path, name, kind):
    monkeypatch.setattr("activities.containers.docker._IN_CONTAINER", (tmp_path,))
    if name:
        monkeypatch.setattr("socket.gethostname", lambda: name)
    assert failed()[0] == kind if kind else asked() == {"n": 1}


# Cancelled, and left by a worker

SLOW = "while [ ! -e /go ]; do sleep 0.1; done\n" + ECHO


async def called(address: str) -> str:
    """The container, as soon as it was asked."""

    def asked_one():
        return next((one["ID"] for one in _running(address) if calls(address, one["ID"])), None)

    return await asyncio.to_thread(_until, asked_one)


def calls(address: str, id: str) -> list[str]:
    return client(address, "exec", id, "sh", "-c", "cat /calls 2>/dev/null || true").splitlines()


@pytest.mark.parametrize(
    ("why", "left"),
    [({"cancel_requested": True}, 0), ({"worker_shutdown": True}, 1), ({"timed_out": True}, 1)],
)
def test_cancelled_it_is_gone_unless_another_worker_goes_on(address, why, left):
    async def cancelling():
        env = environment(activity_type=FUNCTION_HTTP_CONTAINER)
        running = asyncio.create_task(performed(FUNCTION_HTTP_CONTAINER, given(SLOW), env=env))
        await called(address)
        env.cancel(ActivityCancellationDetails(**why))
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelling())
    assert len(_running(address)) == left


def test_the_next_worker_asks_the_one_that_runs_by_the_same_key(address):
    async def leaving():
        env = environment(activity_type=FUNCTION_HTTP_CONTAINER)
        running = asyncio.create_task(performed(FUNCTION_HTTP_CONTAINER, given(SLOW), env=env))
        id = await called(address)
        env.cancel(ActivityCancellationDetails(timed_out=True))
        await asyncio.gather(running, return_exceptions=True)
        running = asyncio.create_task(
            performed(FUNCTION_HTTP_CONTAINER, given(SLOW), env=environment(activity_type=FUNCTION_HTTP_CONTAINER, attempt=2))
        )
        told = await asyncio.to_thread(_until, lambda: found if len(found := calls(address, id)) > 1 else None)
        client(address, "exec", id, "touch", "/go")
        return told, await running

    assert asyncio.run(leaving()) == (["asked POST key-1"] * 2, {"n": 1})
    assert there(address) == []


# Documents


def test_the_sample(address):
    evaluator = ChildEvaluator()
    try:
        text = (ROOT / "samples" / "call-function-http-container.yaml").read_text()
        ran = FakeRunner(evaluator).run(text, {"name": "Ada"}, script=Script(serve=lambda: nullcontext({})))
        refused = FakeRunner(evaluator).run(text, {}, script=Script(serve=lambda: nullcontext({})))
    finally:
        evaluator.close()
    assert (ran.outcome, ran.output) == ("completed", {"greeting": "Hello, Ada!"})
    assert (refused.outcome, refused.output) == ("completed", {"greeting": "Hello, whoever you are!"})
    assert there(address) == []
