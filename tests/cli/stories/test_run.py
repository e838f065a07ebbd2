"""`run`: from nothing to a result, and on again after a kill."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.stories.service import Service
from tests.cli.stories.shell import Shell, line_with, until

pytestmark = pytest.mark.story

HEAD = "document: {dsl: 1.0.3, namespace: stories, name: %s, version: 1.0.0}\n"
GREET = HEAD % "greet" + 'do: [{greet: {set: {greeting: "Hello, ${ .name }!"}}}]'
LISTEN = HEAD % "listen" + "do: [{hear: {listen: {to: {one: {with: {type: com.example.go}}}}}}, {tell: {set: {got: '${ .[0] }'}}}]"
FAULT = HEAD % "fault" + "do: [{stop: {raise: {error: {type: https://example.com/no, status: 409, title: No way}}}}]"


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_from_nothing_to_a_result(fresh: Shell) -> None:
    fresh.write("greet.yaml", GREET)

    done = fresh.run("run", "greet.yaml", "-i", "name=Ada", "--id", "greet-1", "-o", "json")

    assert done.stdout == '{"greeting":"Hello, Ada!"}\n'
    assert "run 'greet-1' has started" in done.stderr
    assert "/namespaces/default/workflows/greet-1/" in done.stderr
    assert "✓ greet  set" in done.stderr
    assert [one["id"] for one in fresh.json("list")] == ["greet-1"]


def test_a_new_document_runs_as_it_is(shell: Shell) -> None:
    shell.run("new", "my.first.yaml")

    done = shell.run("run", "my.first.yaml", "-i", "name=Ada")

    assert json.loads(done.stdout) == {"greeting": "Hello, Ada!", "length": 11}
    assert "‖ pause  wait  until " in done.stderr


def test_document_from_stdin_and_nothing_told(shell: Shell) -> None:
    done = shell.run("run", "-", "-q", "-o", "json", stdin=GREET)

    assert done.stdout == '{"greeting":"Hello, null!"}\n'
    assert "✓" not in done.stderr


def test_killed_in_a_wait_and_in_a_call_the_same_command_goes_on(shell: Shell, service: Service) -> None:
    shell.write(
        "order.yaml",
        HEAD % "order"
        + f"""
do:
  - first: {{call: http, with: {{method: post, endpoint: {service.url}/first}}}}
  - pause: {{wait: {{seconds: 2}}}}
  - second:
      metadata: {{swtemporal: {{heartbeat: PT2S}}}}
      call: http
      with: {{method: post, endpoint: {service.url}/held}}
  - last: {{set: {{done: true}}}}
""",
    )
    command = ("run", "order.yaml", "--id", "order-1", "-i", "n=1")

    with shell.running(*command) as killed:
        line_with(killed, "‖ pause")
        kill(killed)
    with shell.running(*command) as killed:
        line_with(killed, "run 'order-1' goes on")
        until(lambda: service.of("/held"))
        kill(killed)
    service.release.set()
    done = shell.run(*command, "-o", "json")

    assert done.stdout == '{"done":true}\n'
    assert len(service.of("/first")) == 1
    assert len(service.of("/held")) == 2
    assert len(set(service.of("/held"))) == 1


def test_what_has_completed_is_printed_and_does_not_run_again(shell: Shell, service: Service) -> None:
    call = f"do: [{{a: {{call: http, with: {{method: post, endpoint: {service.url}/once}}}}}}]"
    shell.write("once.yaml", HEAD % "once" + call)
    first = shell.run("run", "once.yaml", "--id", "once-1")

    second = shell.run("run", "once.yaml", "--id", "once-1")

    assert second.stdout == first.stdout
    assert "this is its recorded result, nothing ran again" in second.stderr
    assert len(service.of("/once")) == 1

    shell.run("run", "once.yaml", "--id", "once-1", "--again")

    assert len(service.of("/once")) == 2


def test_another_input_or_document_is_another_run(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    shell.write("other.yaml", LISTEN.replace("got", "have"))
    with shell.running("run", "listen.yaml", "--id", "same-1", "-i", "a=1") as open_run:
        line_with(open_run, "‖ hear")

        said = [
            shell.run("run", "listen.yaml", "--id", "same-1", "-i", "a=2", code=2).stderr,
            shell.run("run", "other.yaml", "--id", "same-1", "-i", "a=1", code=2).stderr,
            shell.run("run", "other.yaml", "--id", "same-1", code=2).stderr,
            shell.run("submit", "listen.yaml", "--id", "same-1", "-i", "a=1", code=2).stderr,
        ]

    assert "error: run 'same-1' is open with another input: give the same, or name another --id" in said[0]
    assert "error: run 'same-1' is open with another document: give" in said[1]
    assert "another input and another document" in said[2]
    assert "is open on the queue 'swtemporal-run-same-1', not on 'swtemporal'" in said[3]


def test_a_fault_is_told_and_not_run_again_unasked(shell: Shell) -> None:
    shell.write("fault.yaml", FAULT)

    done = shell.run("run", "fault.yaml", "--id", "fault-1", code=4)
    before, _, problem = done.stderr.partition("{")

    assert done.stdout == ""
    assert "error: run 'fault-1' faulted: No way · status 409" in before
    assert json.loads("{" + problem) == {"type": "https://example.com/no", "status": 409, "instance": "/do/0/stop", "title": "No way"}

    again = shell.run("run", "fault.yaml", "--id", "fault-1", code=4)

    assert "has faulted before: No way · status 409; --again runs it anew" in again.stderr
    assert shell.run("run", "fault.yaml", "--id", "fault-1", "--again", code=4).stderr.count("has started") == 1


def test_interrupted_it_says_how_to_go_on(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)
    with shell.running("run", "listen.yaml", "--id", "interrupted-1") as process:
        line_with(process, "‖ hear")

        process.send_signal(signal.SIGINT)

        assert process.wait() == 130
        said = line_with(process, "interrupted")
    how = "it stays open; with the same input, 'swtemporal run listen.yaml --id interrupted-1' goes on with it"
    assert f"run 'interrupted-1' was interrupted; {how}" in said
    assert shell.json("status", "interrupted-1")["status"] == "running"


def test_a_wait_that_takes_too_long(shell: Shell) -> None:
    shell.write("listen.yaml", LISTEN)

    done = shell.run("run", "listen.yaml", "--id", "late-1", "--timeout", "1s", code=5)

    how = "with the same input, 'swtemporal run listen.yaml --id late-1' goes on with it"
    assert f"error: run 'late-1' has not ended within 1 s; it stays open; {how}" in done.stderr


def test_a_namespace_that_there_is_not_is_told_in_one_line(shell: Shell) -> None:
    shell.write("greet.yaml", GREET)

    said = shell.run("run", "greet.yaml", "-n", "elsewhere", code=1)

    assert said.stderr.startswith("error: the server at 127.0.0.1:")
    assert "has no namespace 'elsewhere': create it with" in said.stderr
    assert said.stderr.count("\n") == 1


def test_emitted_events_and_retries_are_told(shell: Shell, service: Service) -> None:
    shell.write(
        "loud.yaml",
        HEAD % "loud"
        + f"""
do:
  - say: {{emit: {{event: {{with: {{type: com.example.said, source: https://me.example, data: {{n: 1}}}}}}}}}}
  - ask:
      try:
        - call: {{call: http, with: {{method: get, endpoint: {service.url}/fail}}}}
      catch:
        errors: {{with: {{status: 503}}}}
        retry: {{delay: {{seconds: 2}}, limit: {{attempt: {{count: 1}}}}}}
        do: [{{give: {{set: {{up: true}}}}}}]
""",
    )

    done = shell.run("run", "loud.yaml", "-o", "json")

    assert done.stdout == '{"up":true}\n'
    assert '↗ event {"specversion":"1.0"' in done.stderr
    assert done.stderr.count("attempt 1 failed: Service Unavailable · status 503") == 1
    assert "; next at " in done.stderr


def test_sub_workflows_and_files_travel_with_the_run(shell: Shell) -> None:
    shell.write("greet.yaml", GREET)
    (shell.folder / "schemas").mkdir()
    shell.write("schemas/named.json", '{"type": "object", "required": ["name"]}')
    shell.write(
        "parent.yaml",
        HEAD % "parent"
        + """
input: {schema: {resource: {endpoint: "file://schemas/named.json"}}}
do:
  - call: {run: {workflow: {namespace: stories, name: greet, version: latest, input: '${ . }'}}}
""",
    )

    good = shell.run("run", "parent.yaml", "--with", "greet.yaml", "-i", "name=Ada", "-o", "json")
    bad = shell.run("run", "parent.yaml", "--with", "greet.yaml", "-i", "nam=Ada", code=4)

    assert good.stdout == '{"greeting":"Hello, Ada!"}\n'
    assert "validation" in bad.stderr


def test_an_origin_stands_in_for_another(shell: Shell, service: Service) -> None:
    shell.write("far.yaml", HEAD % "far" + "do: [{a: {call: http, with: {method: get, endpoint: https://far.example/pets}}}]")

    shell.run("run", "far.yaml", "--map-origin", f"https://far.example={service.url}")

    assert service.of("/pets")


def test_an_evaluation_that_is_stopped_is_told_within_seconds(shell: Shell) -> None:
    shell.write("heavy.yaml", HEAD % "heavy" + 'do: [{burn: {set: {x: "${ last(range(1e10)) }"}}}]')
    with shell.running("run", "heavy.yaml", "--id", "heavy-1") as process:
        said = line_with(process, "the workflow task failed")

        status = shell.json("status", "heavy-1")

    assert "/do/0/burn" in said
    assert "CPU time" in status["failing"]["message"]


def test_ephemeral_keeps_nothing(fresh: Shell) -> None:
    fresh.write("greet.yaml", GREET)

    done = fresh.run("run", "greet.yaml", "--ephemeral", "-o", "json")

    assert done.stdout == '{"greeting":"Hello, null!"}\n'
    assert not (Path(fresh.environment["XDG_DATA_HOME"])).exists()
