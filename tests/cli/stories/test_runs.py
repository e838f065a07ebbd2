"""What is done with runs: submitted, looked at, told events, held, ended."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.common import RawValue
from temporalio.worker import Worker

from interpreter.document.envelope import Envelope
from interpreter.document.load import load
from interpreter.temporal import client as temporal
from tests.cli.stories.service import Service
from tests.cli.stories.shell import Shell, line_with, until

pytestmark = pytest.mark.story

HEAD = "document: {dsl: 1.0.3, namespace: stories, name: %s, version: 1.0.0}\n"
LISTEN = HEAD % "listen" + "do: [{hear: {listen: {to: {one: {with: {type: com.example.go}}}}}}, {tell: {set: {got: '${ .[0] }'}}}]"


@contextmanager
def worker(shell: Shell, queue: str) -> Iterator[None]:
    with shell.running("worker", "--task-queue", queue) as process:
        line_with(process, "serving the task queue")
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def waiting(shell: Shell, id: str) -> bool:
    """Whether the run has come to its listener."""
    return any(task["kind"] == "listen" for task in shell.json("status", id).get("tasks", []))


def test_submitted_and_waited_for_with_workers_of_its_own(shell: Shell) -> None:
    shell.write("add.yaml", HEAD % "add" + "do: [{add: {set: {sum: '${ .a + .b }'}}}]")

    submitted = shell.run("submit", "add.yaml", "-i", "a=1", "-i", "b=2", "--id", "add-1", "--task-queue", "adders")

    assert submitted.stdout == "add-1\n"
    assert "warning: no worker polls the queue 'adders': start one with 'swtemporal worker --task-queue adders'" in submitted.stderr
    late = shell.run(
        "submit", "add.yaml", "-i", "a=1", "-i", "b=2", "--id", "add-1", "--task-queue", "adders", "--wait", "--timeout", "1", code=5
    )
    assert "no worker polls the queue 'adders'" in late.stderr

    with worker(shell, "adders"), worker(shell, "adders"):
        done = shell.run("result", "add-1", "-o", "json")

    assert done.stdout == '{"sum":3}\n'
    again = shell.run("submit", "add.yaml", "-i", "a=1", "-i", "b=2", "--id", "add-1", "--task-queue", "adders", "--wait", "-o", "json")
    assert again.stdout == '{"sum":3}\n'
    assert "has completed before: nothing ran again" in again.stderr


def test_submitted_as_json(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)

    said = shell.json("submit", "listen.yaml", "--id", "json-1", "--task-queue", "nobody")

    assert {name: said[name] for name in ("id", "namespace", "taskQueue")} == {
        "id": "json-1",
        "namespace": "default",
        "taskQueue": "nobody",
    }
    assert said["url"].endswith(f"/namespaces/default/workflows/json-1/{said['run']}/history")


def test_a_run_hears_an_event(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    with shell.running("run", "listen.yaml", "--id", "hears-1", "-o", "json") as process:
        line_with(process, "‖ hear")

        shell.run("events", "send", "hears-1", "--type", "com.example.other")
        shell.run("events", "send", "hears-1", "--type", "com.example.go", "-d", "door=front", "--source", "https://me.example")

        assert process.wait() == 0
        assert process.stdout is not None
        assert process.stdout.read() == '{"got":{"door":"front"}}\n'


def test_an_event_from_a_file_may_come_before_anyone_works(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "com.example.go", "data": 7}
    shell.run("submit", "listen.yaml", "--id", "early-1", "--task-queue", "early")

    shell.run("events", "send", "early-1", "--file", "-", stdin=json.dumps([event, event]))

    with worker(shell, "early"):
        assert shell.run("result", "early-1", "-o", "json").stdout == '{"got":7}\n'


def test_status_names_the_task_with_and_without_a_worker(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    shell.run("submit", "listen.yaml", "--id", "status-1", "--task-queue", "status")
    with worker(shell, "status"):
        until(lambda: waiting(shell, "status-1"))
        said = shell.json("status", "status-1")
        text = shell.run("status", "status-1")

    assert said["source"] == "worker"
    assert [(task["reference"], task["waiting"]) for task in said["tasks"]] == [("/do/0/hear", "an event with type com.example.go")]
    assert "▶ hear  listen  since " in text.stdout
    assert "waits for an event with type com.example.go" in text.stdout

    without = shell.json("status", "status-1")
    told = shell.run("status", "status-1")

    assert without["source"] == "history"
    assert without["tasks"] == said["tasks"]
    assert "no worker polls the queue 'status'" in told.stderr
    assert "(read from the history)" in told.stderr


def test_a_task_that_waits_in_a_queue_that_nobody_polls_is_named(shell: Shell) -> None:
    shell.write("charge.yaml", HEAD % "charge" + "do: [{pay: {call: 'activity:1.0.0@default', with: {type: Charge, queue: nobody}}}]")
    hint = "{metadata: {swtemporal: {taskQueue: idle}}, call: http, with: {method: get, endpoint: 'http://localhost:1'}}"
    shell.write("ask.yaml", HEAD % "ask" + f"do: [{{ask: {hint}}}]")
    pay = "warning: 'pay' (Charge) waits for a worker: nobody polls the queue 'nobody'; start the worker that has the activity 'Charge'"
    ask = (
        "warning: 'ask' (call.http) waits for a worker: nobody polls the queue 'idle'; start one with 'swtemporal worker --task-queue idle'"
    )

    with shell.running("run", "charge.yaml", "--id", "charge-1") as process:
        assert line_with(process, "waits for a worker") == f"{pay}\n"
        said, told = shell.json("status", "charge-1"), shell.run("status", "charge-1")
    with shell.running("run", "ask.yaml", "--id", "ask-1", "--quiet") as process:
        assert line_with(process, "waits for a worker") == f"{ask}\n"

    assert [(one["task"], one["type"], one["taskQueue"]) for one in said["unserved"]] == [("pay", "Charge", "nobody")]
    assert f"{pay}\n" in told.stderr


def test_a_run_that_waits_for_nobody_has_nothing_unserved(shell: Shell) -> None:
    shell.write("rest.yaml", HEAD % "rest" + "do: [{pause: {wait: {minutes: 1}}}]")
    with shell.running("run", "rest.yaml", "--id", "rest-1") as process:
        line_with(process, "‖ pause")
        assert "unserved" not in shell.json("status", "rest-1")


def test_status_of_a_run_that_is_overdue_names_the_task_it_stopped_at(shell: Shell) -> None:
    shell.write("nap.yaml", HEAD % "nap" + "do: [{pause: {wait: {seconds: 1}}}, {last: {set: {x: 1}}}]")
    with shell.running("run", "nap.yaml", "--id", "overdue-1") as killed:
        line_with(killed, "‖ pause")
        killed.kill()
        killed.wait()

    async def fired() -> None:
        client = await temporal.connect(shell.json("server", "status")["address"])
        async for event in temporal.events(client, "overdue-1", follow=True):
            if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
                return

    asyncio.run(fired())

    said = shell.json("status", "overdue-1")

    assert said["source"] == "history"
    assert [task["name"] for task in said["tasks"]] == ["pause"]


def test_suspended_nothing_goes_on_until_it_is_resumed(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    with shell.running("run", "listen.yaml", "--id", "held-1", "-o", "json") as process:
        line_with(process, "‖ hear")

        shell.run("suspend", "held-1")
        until(lambda: shell.json("status", "held-1")["status"] == "suspended")
        shell.run("events", "send", "held-1", "--type", "com.example.go", "-d", "1")
        assert shell.json("status", "held-1")["events"]["waiting"] == 1
        shell.run("resume", "held-1")

        assert process.wait() == 0


def test_cancelled_nothing_after_it_runs(shell: Shell, service: Service) -> None:
    after = f"- after: {{call: http, with: {{method: post, endpoint: {service.url}/after}}}}"
    shell.write("long.yaml", HEAD % "long" + f"do:\n  - pause: {{wait: {{hours: 1}}}}\n  {after}\n")
    with shell.running("run", "long.yaml", "--id", "cancelled-1") as process:
        line_with(process, "‖ pause")

        shell.run("cancel", "cancelled-1")

        assert process.wait() == 6
        assert "error: run 'cancelled-1' was cancelled" in line_with(process, "error")
    assert service.marks == []
    status = shell.json("status", "cancelled-1")
    assert (status["status"], status["definition"]) == ("cancelled", "stories/long:1.0.0")
    assert [visit["status"] for visit in shell.json("trace", "cancelled-1")["visits"]] == ["cancelled", "cancelled"]
    assert shell.run("result", "cancelled-1", code=6).stdout == ""
    refused = shell.run("cancel", "cancelled-1", code=1)
    assert refused.stderr == "error: run 'cancelled-1' has ended (cancelled): there is nothing to ask of it\n"
    assert "--again runs it anew" in shell.run("run", "long.yaml", "--id", "cancelled-1", code=6).stderr


def test_terminated_without_any_worker(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    shell.run("submit", "listen.yaml", "--id", "terminated-1", "--task-queue", "nobody")
    assert shell.json("status", "terminated-1")["tasks"] == []
    assert shell.json("trace", "terminated-1")["visits"] == []

    shell.run("terminate", "terminated-1", "--reason", "enough")

    assert "error: run 'terminated-1' was terminated: enough" in shell.run("result", "terminated-1", code=6).stderr
    assert shell.run("status", "terminated-1").stdout.startswith("terminated-1  terminated  stories/listen:1.0.0  started ")


def test_a_trace_tells_everything_without_a_worker(shell: Shell, service: Service) -> None:
    shell.write(
        "traced.yaml",
        HEAD % "traced"
        + f"""
do:
  - each: {{for: {{in: "${{ [1, 2] }}"}}, do: [{{double: {{set: {{n: "${{ $item * 2 }}"}}}}}}]}}
  - which: {{switch: [{{big: {{when: .n > 3, then: ask}}}}, {{other: {{then: end}}}}]}}
  - never: {{set: {{x: 1}}}}
  - ask:
      try: [{{call: {{call: http, with: {{method: get, endpoint: {service.url}/fail}}}}}}]
      catch: {{errors: {{with: {{status: 503}}}}, retry: {{delay: {{milliseconds: 10}}, limit: {{attempt: {{count: 2}}}}}}, do: [{{give: {{set: {{up: false}}}}}}]}}
""",
    )
    shell.run("run", "traced.yaml", "--id", "traced-1")

    said = shell.json("trace", "traced-1")
    visits = {(visit["name"], *visit["index"]): visit for visit in said["visits"]}
    text = shell.run("trace", "traced-1").stdout

    assert [visits["double", at]["output"] for at in (0, 1)] == [{"n": 2}, {"n": 4}]
    assert "case 'big'" in visits["which",]["why"]
    assert ("never",) not in visits
    assert [one["attempt"] for one in visits["ask",]["attempts"]] == [1, 2]
    assert visits["call",]["error"]["status"] == 503
    assert "✓ double[1]  set" in text
    assert "attempt 2 failed: Service Unavailable · status 503" in text


def test_a_trace_follows_a_chain_of_runs(shell: Shell) -> None:
    steps = "".join(f"- step{at}: {{wait: {{milliseconds: 400}}}}\n" for at in range(6))
    definition = load(HEAD % "chain" + f"do:\n{steps}").definition
    assert definition is not None
    # An option for tests: the run continues as new long before the server would ask for it.
    envelope = Envelope(root=definition.digest, documents={definition.digest: definition.text}, options={"continueAfterEvents": 10})

    async def start() -> None:
        client = await temporal.connect(shell.json("server", "status")["address"])
        await temporal.start(client, envelope, None, id="chain-1", task_queue="chains")

    asyncio.run(start())
    with worker(shell, "chains"):
        shell.run("result", "chain-1")

    said = shell.json("trace", "chain-1")

    assert len(said["runs"]) > 1
    assert [visit["name"] for visit in said["visits"] if visit["reference"]] == [f"step{at}" for at in range(6)]


@workflow.defn(dynamic=True, sandboxed=False)
class Foreign:
    """Leaves a timer in the history that the interpreter would never have started."""

    @workflow.run
    async def run(self, _: Sequence[RawValue]) -> None:
        await workflow.sleep(3600)


def test_a_run_whose_history_cannot_be_replayed_is_waited_for_all_the_same(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    queue = "swtemporal-run-foreign-1"
    shell.run("submit", "listen.yaml", "--id", "foreign-1", "--task-queue", queue)

    async def begin() -> None:
        client = await temporal.connect(shell.json("server", "status")["address"])
        async with Worker(client, task_queue=queue, workflows=[Foreign]):
            async for event in temporal.events(client, "foreign-1", follow=True):
                if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                    return

    asyncio.run(begin())

    said = shell.run("run", "listen.yaml", "--id", "foreign-1", "--timeout", "1", code=5).stderr

    assert "(what happened before cannot be read here: " in said
    assert "Traceback" not in said
    assert "error: run 'foreign-1' cannot be read here: " in shell.run("trace", "foreign-1", code=1).stderr


def test_runs_are_listed(shell: Shell) -> None:
    shell.write("listed.yaml", HEAD % "listed" + "do: [{a: {set: {x: 1}}}]")
    shell.run("run", "listed.yaml", "--id", "listed-1")

    text = shell.run("list", "--definition", "stories/listed", "--status", "completed").stdout

    head, line = text.splitlines()
    assert head.split() == ["RUN", "STATUS", "DEFINITION", "STARTED"]
    assert line.split()[:3] == ["listed-1", "completed", "stories/listed:1.0.0"]
    assert shell.run("list", "--definition", "stories/none").stderr == "no runs\n"


@pytest.mark.parametrize("command", ["status", "result", "trace", "cancel", "suspend", "resume", "terminate"])
def test_a_run_that_there_is_not(shell: Shell, command: str) -> None:
    said = shell.run(command, "nobody", code=1)

    assert said.stderr.startswith("error: there is no run 'nobody' in namespace 'default' at 127.0.0.1:")


@pytest.mark.parametrize("command", ["list", "worker"])
def test_a_namespace_that_there_is_not(shell: Shell, command: str) -> None:
    said = shell.run(command, "-n", "elsewhere", code=1)

    assert "has no namespace 'elsewhere': create it with 'temporal operator namespace create --namespace elsewhere'" in said.stderr
