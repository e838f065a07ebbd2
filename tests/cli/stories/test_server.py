"""The embedded server: one for all commands, gone when it should be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.stories.shell import Shell, line_with, until

pytestmark = pytest.mark.story

SET = "document: {dsl: 1.0.3, namespace: stories, name: set, version: 1.0.0}\ndo: [{a: {set: {x: 1}}}]"
LISTEN = "document: {dsl: 1.0.3, namespace: stories, name: listen, version: 1.0.0}\ndo: [{a: {listen: {to: {one: {with: {type: x}}}}}}]"


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


def gone(server: dict[str, Any]) -> bool:
    return not any(alive(pid) for pid in (server["pid"], server["watchdog"]))


def test_started_once_found_again_and_stopped(fresh: Shell) -> None:
    first = fresh.json("server", "start")

    assert fresh.json("server", "start") == first
    assert fresh.json("server", "status") == first
    fresh.write("set.yaml", SET)
    assert first["ui"] in fresh.run("run", "set.yaml").stderr
    assert fresh.run("server", "stop").stderr == f"the embedded server at {first['address']} has ended\n"
    assert gone(first)
    assert fresh.run("server", "status", code=1).stdout == ""


def test_what_was_run_is_kept_over_a_stop(fresh: Shell) -> None:
    fresh.write("set.yaml", SET)
    fresh.run("run", "set.yaml", "--id", "kept-1")
    fresh.run("server", "stop")

    again = fresh.run("run", "set.yaml", "--id", "kept-1")

    assert "nothing ran again" in again.stderr


def test_commands_that_come_at_once_share_one(fresh: Shell) -> None:
    fresh.write("set.yaml", SET)
    with fresh.running("run", "set.yaml") as one, fresh.running("run", "set.yaml") as other:
        assert [one.wait(), other.wait()] == [0, 0]

    assert len(fresh.json("list")) == 2


def test_unused_it_ends_by_itself(fresh: Shell) -> None:
    server = fresh.json("server", "start", "--idle", "2")

    until(lambda: gone(server))

    assert "nobody has used the server for 2 s: it ends" in Path(server["log"]).read_text()


def test_killed_it_is_started_anew(fresh: Shell) -> None:
    fresh.write("set.yaml", SET)
    killed = fresh.json("server", "start")
    for pid in (killed["watchdog"], killed["pid"]):
        os.kill(pid, signal.SIGKILL)

    fresh.run("run", "set.yaml")

    assert fresh.json("server", "status")["pid"] != killed["pid"]


def test_without_its_watchdog_it_is_used_and_can_be_stopped(fresh: Shell) -> None:
    server = fresh.json("server", "start")
    os.kill(server["watchdog"], signal.SIGKILL)
    until(lambda: not alive(server["watchdog"]))

    status = fresh.run("server", "status")
    assert "its watchdog was killed" in status.stderr
    assert fresh.json("list") == []
    fresh.run("server", "stop")
    until(lambda: not alive(server["pid"]))


def test_a_port_that_is_taken_is_no_obstacle(fresh: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = fresh.json("server", "start", "--port", str(port))

    assert server["address"] != f"127.0.0.1:{port}"


def test_an_ephemeral_server_ends_with_its_command_however_that_ends(fresh: Shell) -> None:
    fresh.write("listen.yaml", LISTEN)
    with fresh.running("run", "listen.yaml", "--ephemeral") as process:
        port = int(line_with(process, "Web UI").split(":")[3].split("/")[0])
        assert _listening(port)

        process.kill()

        until(lambda: not _listening(port))


def test_a_server_that_dies_is_told(fresh: Shell) -> None:
    fresh.write("listen.yaml", LISTEN)
    server = fresh.json("server", "start")
    with fresh.running("run", "listen.yaml", "--id", "orphan-1") as process:
        line_with(process, "‖ a  listen")

        for pid in (server["watchdog"], server["pid"]):
            os.kill(pid, signal.SIGKILL)

        assert process.wait() == 1
        assert f"the Temporal server at {server['address']} does not answer" in line_with(process, "error")


def test_without_any_way_to_a_temporal_cli(fresh: Shell, tmp_path: Path) -> None:
    fresh.write("set.yaml", SET)
    (tmp_path / "empty").mkdir()

    said = fresh.run("run", "set.yaml", code=1, PATH=str(tmp_path / "empty"), HTTPS_PROXY="http://127.0.0.1:1", SWTEMPORAL_TEMPORAL_CLI="")

    assert "no Temporal CLI on PATH: downloading it, once" in said.stderr
    assert "error: no Temporal CLI on PATH, none can be downloaded, and there is no Go to build it" in said.stderr


def _listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
