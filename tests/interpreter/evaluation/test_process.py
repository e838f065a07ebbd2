from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interpreter.evaluation import child as child_script
from interpreter.evaluation.frame import run_head
from interpreter.evaluation.process import Child, Died, Overdue, Unsent, _packages

MEMORY = 512 * 1024 * 1024
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel as Linux does")


@pytest.fixture
def child():
    child = Child(MEMORY)
    yield child
    child.end()


def ask(child, expression, *, seconds=10.0, cpu=10.0, dot=b"[0,null]"):
    return child.ask(run_head((), (expression,)), dot, seconds, cpu)


def test_a_child_answers_again_and_again(child):
    assert ask(child, "1 + 1").text == "[2]"
    assert ask(child, "1 + 1").text == "[2]"
    assert ask(child, ". + 1", dot=b"[0,41]").text == "[42]"


def test_a_large_request_and_a_large_answer_pass_through_the_pipes(child):
    answer = ask(child, ". + [1]", dot=b"[0,[" + b",".join([b'"' + b"x" * 1000 + b'"'] * 2000) + b"]]")

    assert len(answer.text) > 2_000_000
    assert answer.cpu > 0


def test_a_refusal_says_which_expression_and_in_which_phase(child):
    answer = child.ask(run_head((), ("1 + 1", "error(5)")), b"[0,null]", 10, 10)

    assert answer.refused
    assert json.loads(answer.text) == {"phase": "run", "message": "5", "index": 1}


@LINUX
def test_a_child_sees_only_three_names_of_the_environment(child):
    ask(child, "1 + 1")

    names = {entry.split(b"=")[0] for entry in Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0") if entry}
    assert names == {b"HOME", b"TZ", b"LC_ALL"}


@LINUX
def test_a_child_has_a_session_a_directory_and_limits_of_its_own(child):
    ask(child, "1 + 1")

    assert os.getsid(child.pid) == child.pid
    assert Path(f"/proc/{child.pid}/cwd").readlink() == Path("/")
    limits = Path(f"/proc/{child.pid}/limits").read_text().splitlines()
    assert [line.split()[3] for line in limits if line.startswith("Max address space")] == [str(MEMORY)]
    assert [line.split()[4] for line in limits if line.startswith("Max core file size")] == ["0"]
    assert len(list(Path(f"/proc/{child.pid}/fd").iterdir())) == 6  # three streams, the protocol's two, and /dev/null


def test_signals_of_a_shutdown_do_not_end_a_child(child):
    ask(child, "1 + 1")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child.pid, number)

    assert ask(child, "1 + 1").text == "[2]"


def test_a_child_ends_itself_after_its_cpu_time(child):
    with pytest.raises(Died) as caught:
        ask(child, "last(range(1e9))", cpu=0.1)

    assert caught.value.code == -signal.SIGPROF


def test_its_limits_hold_also_when_the_thread_that_started_it_blocks_signals():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGPROF})
    try:
        child = Child(MEMORY)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    with pytest.raises(Died) as caught:
        ask(child, "last(range(1e9))", cpu=0.1)
    child.end()

    assert caught.value.code == -signal.SIGPROF


def test_a_child_that_is_too_late_is_told_with_its_cpu_time(child):
    with pytest.raises(Overdue) as caught:
        ask(child, "last(range(1e9))", seconds=0.2)

    assert 0 <= caught.value.cpu < 0.5


def test_a_child_that_exhausts_its_memory_dies(child):
    with pytest.raises(Died) as caught:
        ask(child, "[]|.[200000000]=1")

    assert caught.value.code < 0


def test_a_child_that_died_while_idle_takes_no_request(child):
    ask(child, "1 + 1")
    os.kill(child.pid, signal.SIGKILL)
    child._process.wait()

    with pytest.raises(Unsent):
        ask(child, "1 + 1")


def start_orphan(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    """A child of which we hold both pipe ends, asked something endless."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", child_script.__file__, _packages(), str(MEMORY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    head = run_head((), ("last(range(1e12))",))
    process.stdin.write(child_script.REQUEST.pack(len(head) + 8, len(head), seconds, 60.0) + head + b"[0,null]")
    process.stdin.flush()
    return process


def test_a_busy_orphan_ends_itself_after_its_deadline(tmp_path):
    process = start_orphan(tmp_path, 0.1)
    process.stdin.close()
    process.stdout.close()

    assert process.wait(30) == -signal.SIGALRM


@LINUX
def test_an_idle_child_ends_with_its_parent():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from interpreter.evaluation.process import Child\n"
        "from interpreter.evaluation.frame import run_head\n"
        "import os, signal\n"
        "child = Child(2**30); child.ask(run_head((), ('1 + 1',)), b'[0,null]', 10, 10)\n"
        "print(child.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(Path(__file__).parents[3])
    pid = int(subprocess.run([sys.executable, "-c", script, root], stdout=subprocess.PIPE, check=False).stdout)

    assert gone(pid)


def gone(pid: int) -> bool:
    """Waits for the end of a process that is not our child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended = select.poll()
    ended.register(descriptor, select.POLLIN)
    try:
        return bool(ended.poll(30_000))
    finally:
        os.close(descriptor)
