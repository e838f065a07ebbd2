"""The program that stands between a worker and a process a document asked for: starts it, and leaves nothing of it behind.

Run as `python -I -S -B guard.py CONTROL STATUS`, the numbers of two inherited pipes; knows the standard library only.

CONTROL brings one JSON object `{argv, environment, folder, memory, file, grace}` after its length (`<u32>`), then single bytes:
`T` asks the process to end (SIGTERM, and SIGKILL after `grace` seconds). Its end of file means that the worker is done with it
or dead, even by SIGKILL: everything is killed at once.
STATUS gets lines of JSON: `{"started": pid}` or `{"failed": reason}`, then `{"ended": code}` (128 and the signal's number for a
process that a signal ended). The guard then kills whatever the process has left behind, and ends; only that closes STATUS.

What holds where: on Linux the guard is the reaper of all descendants, so none escapes, whatever sessions it makes for itself; and
should the guard itself be killed, the process dies with it. Elsewhere the process group is killed; who has left it escapes.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

LENGTH = struct.Struct("<I")

_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # prctl(2)
_LINUX = sys.platform == "linux"
_SIGNALLED = 128
_PAUSE = 0.005
_PROCESSES = 4_096
"""Processes that its user may have; a bound for what multiplies itself, where the user is not root."""


def main() -> None:
    """Run one process to its end."""
    control, status = (int(number) for number in sys.argv[1:])
    for pipe in (control, status):
        os.set_inheritable(pipe, False)
    prctl = ctypes.CDLL(None).prctl if _LINUX else None
    if prctl:
        prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    wake = _woken()
    order = json.loads(_exactly(control, LENGTH.unpack(_exactly(control, LENGTH.size))[0]))
    pid = _started(order, status, prctl)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # whoever reads the process's output must see its end
        os.dup2(null, stream)
    code = _attended(pid, control, wake, order["grace"])
    code = _all_ended(pid, code)
    with suppress(OSError):  # nobody may be there to be told
        _tell(status, ended=code)


def _woken() -> int:
    """The end of a pipe that becomes readable when a child ends."""
    wake, bell = os.pipe()
    os.set_blocking(bell, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
    return wake


def _exactly(pipe: int, size: int) -> bytes:
    """So many bytes; the guard ends where the worker is gone before it has sent them."""
    content = b""
    while len(content) < size:
        piece = os.read(pipe, size - len(content))
        if not piece:
            sys.exit(0)
        content += piece
    return content


def _started(order: dict[str, Any], status: int, prctl: Any) -> int:
    """The process's id; tells it, or why there is none, and then ends."""
    failure, failed = os.pipe()
    guard, pid = os.getpid(), os.fork()
    if pid == 0:
        try:
            _become(order, guard, prctl)
        except OSError as error:
            os.write(failed, str(error).encode("utf-8", "replace"))
        finally:
            os._exit(127)
    os.close(failed)
    reason = b"".join(iter(lambda: os.read(failure, 4096), b""))
    if reason:
        _tell(status, failed=reason.decode())
        sys.exit(0)
    _tell(status, started=pid)
    return pid


def _become(order: dict[str, Any], guard: int, prctl: Any) -> None:
    """Turn this child into the process; `OSError` where that cannot be."""
    os.setsid()
    if prctl:
        prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guard:
            os._exit(127)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for limit, value in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_FSIZE, order["file"]),
        (resource.RLIMIT_NPROC, _PROCESSES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system has every limit
            hard = resource.getrlimit(limit)[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (most, most))
    os.chdir(order["folder"])
    os.execve(order["argv"][0], order["argv"], order["environment"])  # noqa: S606 - a list, and no shell


def _attended(pid: int, control: int, wake: int, grace: float) -> int | None:
    """The exit code; None when the process has to be killed first."""
    ends: float | None = None
    while True:
        left = None if ends is None else max(0.0, ends - time.monotonic())
        ready, _, _ = select.select([control, wake], [], [], left)
        if wake in ready:
            os.read(wake, 4096)
            code = _reaped(pid)
            if code is not None:
                return code
        if control in ready:
            if os.read(control, 1) != b"T":
                return None
            _kill_group(pid, signal.SIGTERM)
            ends = time.monotonic() + grace
        elif not ready and ends is not None:
            return None


def _reaped(pid: int) -> int | None:
    """The exit code of the process if it has ended; orphans that were handed to us are buried along the way."""
    code = None
    with suppress(ChildProcessError):
        while True:
            found, status = os.waitpid(-1, os.WNOHANG)
            if not found:
                break
            if found == pid:
                code = _code(status)
    return code


def _all_ended(pid: int, code: int | None) -> int:
    """Kill until no descendant is left; gives the process's exit code."""
    _kill_group(pid, signal.SIGKILL)
    while True:
        for child in _descendants() if _LINUX else ():
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
        try:
            found, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return _SIGNALLED + signal.SIGKILL if code is None else code
        if found == pid:
            code = _code(status)
        elif not found:
            time.sleep(_PAUSE)


def _kill_group(pid: int, number: int) -> None:
    with suppress(OSError):
        os.killpg(pid, number)


def _descendants() -> Iterator[int]:
    """Everything below this process: what has a parent that is below it."""
    parents: dict[int, int] = {}
    for folder in os.listdir("/proc"):  # noqa: PTH208 - quicker, and names are all that is wanted
        if folder.isdigit():
            with suppress(OSError):
                stat = Path(f"/proc/{folder}/stat").read_bytes()
                parents[int(folder)] = int(stat.rpartition(b")")[2].split()[1])
    below = {os.getpid()}
    for pid in sorted(parents):
        way = []
        while pid and pid not in below and pid not in way:
            way.append(pid)
            pid = parents.get(pid, 0)  # noqa: PLW2901 - the way up
        if pid in below:
            below.update(way)
            yield from way


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else _SIGNALLED - code


def _tell(status: int, **news: Any) -> None:
    os.write(status, json.dumps(news).encode() + b"\n")


if __name__ == "__main__":
    main()
