from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from activities.process.limits import Limits
from activities.process.output import STREAMS, Output
from activities.process.run import Command, run
from interpreter.faults import Fault
from tests.activities.process.commands import end, ended, python, shell
from tests.activities.process.living import Mark, gone, marked

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has reapers of descendants")


def told(command: Command, **limits: float) -> tuple[str, int, str]:
    with pytest.raises(Fault) as caught:
        end(command, Limits(**limits))
    problem = caught.value.problem
    return problem.type.rpartition("/")[2], problem.status, problem.detail


def test_both_streams_and_the_code_come_back(tmp_path):
    assert end(shell("echo out; echo err >&2; exit 3", folder=tmp_path)) == (3, "out\n", "err\n", None)


def test_arguments_are_the_commands_own(tmp_path):
    assert end(shell('printf "%s|" "$@"', "a b", "", "$HOME", folder=tmp_path)).stdout == "a b||$HOME|"


def test_the_environment_is_what_was_given_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("SWTEMPORAL_SECRET_X", "hidden")
    found = end(Command(argv=["/usr/bin/env"], environment={"A": "1", "B": "ü\n"}, folder=tmp_path)).stdout
    assert found == "A=1\nB=ü\n\n"


@linux
def test_the_environment_of_the_worker_and_of_the_guard_tell_nothing(tmp_path):
    command = (
        'guard=$PPID; cat /proc/$guard/environ; echo "|"; grep -c "" /proc/$guard/cmdline >/dev/null; tr "\\0" " " < /proc/$guard/cmdline'
    )
    environ, _, cmdline = end(shell(command, folder=tmp_path, TOKEN="hidden")).stdout.partition("|")
    assert environ == ""
    assert "hidden" not in cmdline


@linux
def test_no_process_without_roots_powers_reads_the_environment_of_the_worker(tmp_path):
    powerless = "setpriv --bounding-set -all --inh-caps -all " if os.getuid() == 0 else ""
    found = end(shell(f"{powerless}cat /proc/{os.getpid()}/environ", folder=tmp_path))
    assert (found.code, found.stdout) == (1, "")
    assert "Permission denied" in found.stderr


def test_the_process_stands_in_its_folder(tmp_path):
    assert end(shell("pwd -P", folder=tmp_path)).stdout.strip() == str(tmp_path.resolve())


def test_stdin_is_read_to_its_end(tmp_path):
    content = b"x" * 300_000 + b"\n"
    assert end(shell("cat", folder=tmp_path, stdin=content)).stdout.encode() == content


def test_stdin_is_a_pipe_that_can_be_opened_by_name(tmp_path):
    assert end(shell("cat /dev/stdin", folder=tmp_path, stdin=b"hello")).stdout == "hello"


def test_without_stdin_there_is_nothing_to_read(tmp_path):
    assert end(shell("wc -c", folder=tmp_path)).stdout.strip() == "0"


def test_stdin_that_nobody_reads_holds_nothing_up(tmp_path):
    assert end(shell("echo done", folder=tmp_path, stdin=b"x" * 1_000_000)) == (0, "done\n", "", None)


def test_a_process_may_close_its_streams_and_go_on(tmp_path):
    os.mkfifo(tmp_path / "wait")
    threading.Thread(target=lambda: (tmp_path / "wait").write_text("go\n")).start()
    found = end(shell("echo before; exec >&- 2>&-; read line < wait; echo $line > after; exit 5", folder=tmp_path))
    assert (found.code, found.stdout) == (5, "before\n")
    assert (tmp_path / "after").read_text() == "go\n"


def test_what_is_no_text_is_replaced(tmp_path):
    assert end(shell(r"printf 'a\377b'", folder=tmp_path)).stdout == "a\ufffdb"


def test_a_signals_end_is_told_as_shells_do(tmp_path):
    assert end(shell("kill -SEGV $$", folder=tmp_path)).code == 139


def test_a_program_that_is_not_there_is_a_fault(tmp_path):
    kind, status, detail = told(Command(argv=["/no/such/program"], environment={}, folder=tmp_path))
    assert (kind, status) == ("runtime", 500)
    assert "cannot be started" in detail
    assert "No such file" in detail


def test_half_a_character_is_replaced_and_breaks_nothing(tmp_path):
    assert end(shell('echo "$1"', "\ud800", folder=tmp_path)).stdout == "?\n"


def test_many_at_once_leave_no_trouble_in_the_loop(tmp_path):
    trouble = []

    async def many():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: trouble.append(context))
        inputs = [b"", b"x", b"x" * 200_000] * 5
        found = await asyncio.gather(*(ended(shell("echo $$", folder=tmp_path, stdin=stdin)) for stdin in inputs))
        return {one.stdout for one in found}

    assert len(asyncio.run(many())) == 15
    assert trouble == []


# Limits


def test_what_takes_too_long_is_ended(tmp_path):
    assert told(shell("exec sleep 100", folder=tmp_path), seconds=0.3, grace=5) == ("timeout", 408, "the process took longer than 0.3 s")


def test_endless_output_is_ended(tmp_path):
    found = end(shell("yes", folder=tmp_path), output=Output(STREAMS, limit=100_000))
    assert (found.exceeded, len(found.stdout)) == ("stdout", 100_000)


def test_output_that_nobody_wants_is_not_kept_and_ends_nothing(tmp_path):
    found = end(shell("head -c 3000000 /dev/zero >&2; echo last >&2; echo out", folder=tmp_path), output=Output(("stdout",), limit=1_000))
    assert (found.code, found.stdout) == (0, "out\n")
    assert found.stderr.endswith("last\n")
    assert len(found.stderr) < 50_000


@linux
def test_memory_is_bounded(tmp_path):
    found = end(python("x = bytearray(900_000_000)", tmp_path), Limits(memory=500_000_000))
    assert found.code == 1
    assert "MemoryError" in found.stderr


def test_a_file_is_bounded(tmp_path):
    found = end(shell("head -c 2000000 /dev/zero > big", folder=tmp_path), Limits(file=1_000_000))
    assert found.code != 0
    assert (tmp_path / "big").stat().st_size == 1_000_000


# Nothing is left


def test_what_the_process_leaves_behind_ends_with_it(tmp_path):
    mark = marked(tmp_path)
    assert end(shell(f"{mark.command} & {mark.wait}", folder=tmp_path)).code == 0
    gone(mark)


@linux
def test_nobody_escapes_by_a_session_of_his_own(tmp_path):
    mark = marked(tmp_path)
    assert end(shell(f"setsid sh -c 'setsid {mark.command} & exit' & {mark.wait}", folder=tmp_path)).code == 0
    gone(mark)


@linux
def test_what_multiplies_is_killed_to_the_last(tmp_path):
    mark = marked(tmp_path)
    command = f"i=0; while [ $i -lt 40 ]; do setsid {mark.command} & i=$((i+1)); done; {mark.wait}"
    assert end(shell(command, folder=tmp_path)).code == 0
    gone(mark)


def test_cancelled_it_may_clean_up(tmp_path):
    mark = marked(tmp_path)
    command = f"trap 'echo cleaned > {tmp_path}/trace; exit' TERM; {mark.command} & {mark.wait}; wait"
    _cancelled(shell(command, folder=tmp_path), mark)
    assert (tmp_path / "trace").read_text() == "cleaned\n"
    gone(mark)


def test_cancelled_what_ignores_it_is_killed(tmp_path):
    mark = marked(tmp_path)
    _cancelled(shell(f"trap '' TERM; {mark.command} & {mark.wait}; wait", folder=tmp_path), mark, Limits(grace=0.2))
    gone(mark)


def _cancelled(command: Command, mark: Mark, limits: Limits | None = None) -> None:
    async def cancelling() -> None:
        running = asyncio.create_task(run(command, limits or Limits(), Output(())))
        await asyncio.to_thread(mark.appears)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelling())


@linux
def test_a_process_that_kills_its_guard_dies_with_it(tmp_path):
    assert told(shell("kill -9 $PPID; sleep 100", folder=tmp_path)) == ("runtime", 500, "the process was killed together with its guard")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_killed_leaves_no_process(tmp_path, number):
    mark = marked(tmp_path)
    code = f"""
import asyncio
from pathlib import Path
from activities.process.limits import Limits
from activities.process.output import Output
from activities.process.run import Command, run
command = Command(argv=["/bin/sh", "-c", {f"trap '' TERM; {mark.command} & {mark.wait}; wait"!r}],
                  environment={{"PATH": "/usr/bin:/bin"}}, folder=Path({str(tmp_path)!r}))
asyncio.run(run(command, Limits(), Output(())))
"""
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
    mark.appears()
    worker.send_signal(number)
    worker.wait()
    gone(mark)
