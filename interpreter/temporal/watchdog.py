"""The process that owns an embedded server: starts it, ends it on request, when nobody uses it any more, or with the command that wanted it.

Light on purpose (standard library only): it lives as long as the server. Two files in the server's folder tell of it, both by `flock`,
so that a stale process id is never believed: `server.json` (locked as long as watchdog *or* server live, the server inherits the lock;
its content is written when both exist) and `watchdog.lock` (locked as long as the watchdog lives).
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

INFO, ALIVE, LOG = "server.json", "watchdog.lock", "server.log"
TUNING = (
    # A development server dispatches 20 tasks a second and rounds timers up to a second unless it is told otherwise.
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="20ms"',
    "system.enableActivityEagerExecution=true",
    # The same id may start again at once; the server's own default is a pause of a second.
    'history.workflowIdReuseMinimalInterval="0s"',
)
GRACE = 10.0
"""Seconds that a server gets to end by itself."""
CLAIMS = 50
OWN_CONNECTIONS = 2
"""What server 1.29 keeps to itself. One that kept more would never count as unused, which does no harm."""
LOOKS = 4
"""How often use is looked at within the idle time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to run one server. `idle`: seconds without use after which it ends, 0 for never; `tied`: it ends when the watchdog's stdin does."""

    binary: str
    folder: str
    port: int
    ui_port: int
    metrics_port: int
    database: str | None
    idle: float
    tied: bool

    def command(self) -> list[str]:
        """The server's command line."""
        options = ["--ip", "127.0.0.1", "--port", str(self.port), "--ui-port", str(self.ui_port), "--metrics-port", str(self.metrics_port)]
        if self.database is not None:
            options += ["--db-filename", self.database]
        for value in TUNING:
            options += ["--dynamic-config-value", value]
        return [self.binary, "server", "start-dev", *options]


@dataclass(frozen=True, slots=True)
class Use:
    """What a server's metrics say about its use: open connections, and requests so far other than its own."""

    connections: int
    requests: int


def use_of(metrics: str) -> Use:
    """Read the server's metrics page. Its own workers poll all the time: polls count for nothing, a poller's connection does."""
    connections = requests = 0
    for line in metrics.splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith("service_grpc_conn_active{") and 'service_name="frontend"' in name:
            connections = int(float(value))
        elif name.startswith("service_requests{") and 'service_name="frontend"' in name:
            own = 'namespace="temporal_system"' in name or re.search(r'operation="Poll\w+"', name)
            requests += 0 if own else int(float(value))
    return Use(connections, requests)


class Idleness:
    """How long nobody has used a server: no new request, and no connection beyond those that it keeps to itself."""

    def __init__(self, now: float) -> None:
        self.since = now
        self.requests = -1

    def look(self, use: Use | None, now: float) -> float:
        """Seconds of idleness after one more look; None (not known) counts as use."""
        if use is None:
            self.since = now
            return 0
        if use.requests != self.requests or use.connections > OWN_CONNECTIONS:
            self.since, self.requests = now, use.requests
        return now - self.since


def watch(plan: Plan) -> int:
    """Run a server to its end; the exit code is 0 when it was ended on purpose."""
    folder = Path(plan.folder)
    with (folder / ALIVE).open("a") as alive, (folder / INFO).open("a+") as info, (folder / LOG).open("ab") as log:
        _claim(alive)
        _claim(info)
        wake = _wake_on_signals()
        server = subprocess.Popen(plan.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[info.fileno()])
        _write(info, {**asdict(plan), "pid": server.pid, "watchdog": os.getpid(), "started": time.time()})
        try:
            return _attend(plan, server, wake)
        finally:
            _end(server)
            _write(info, None)


def _claim(file: IO[str]) -> None:
    """Lock a file; `BlockingIOError` if another server has it. One who only asks whether it is locked holds it for a moment."""
    for _ in range(CLAIMS):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.02)
    return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _attend(plan: Plan, server: subprocess.Popen[bytes], wake: socket.socket) -> int:
    sources: list[socket.socket | IO[str]] = [wake, sys.stdin] if plan.tied else [wake]
    idleness = Idleness(time.monotonic())
    while True:
        ready, _, _ = select.select(sources, [], [], plan.idle / LOOKS if plan.idle else None)
        if server.poll() is not None:
            return 1
        if sys.stdin in ready or (wake in ready and signal.SIGTERM in wake.recv(4096)):
            return 0
        if plan.idle and not ready and idleness.look(_use(plan.metrics_port), time.monotonic()) >= plan.idle:
            sys.stderr.write(f"nobody has used the server for {plan.idle:g} s: it ends\n")
            return 0


def _use(port: int) -> Use | None:
    """Its use now; None when it does not say, which ends nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/metrics")
        return use_of(connection.getresponse().read().decode())
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"the server does not tell of its use: {error}\n")
        return None
    finally:
        connection.close()


def _wake_on_signals() -> socket.socket:
    """A socket that gets a byte, the signal's number, when a request to end comes or the server has ended."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach())
    for name in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(name, lambda *_: None)
    for name in (signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    return reader


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _write(file: IO[str], value: object) -> None:
    """Replace a file's content, never the file: others wait for the lock on it."""
    file.seek(0)
    file.truncate()
    file.write("" if value is None else json.dumps(value))
    file.flush()


if __name__ == "__main__":
    sys.exit(watch(Plan(**json.loads(sys.argv[1]))))
