"""Starting an embedded server: free ports, a watchdog of its own, and the wait until the server answers."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import IO

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from interpreter.temporal.binary import NoServer
from interpreter.temporal.watchdog import LOG, Plan

HOST = "127.0.0.1"
NAMESPACE = "default"
UI_OFFSET = 1000
READY = 30.0
"""Seconds that a server may take until it answers."""
RETENTION = timedelta(days=90)
"""How long a closed run is kept: `run --id` promises the recorded result, and the development server's own day is short for that."""
TRIES = 3
TICK = 0.05


async def launch(binary: Path, folder: Path, *, port: int, database: str | None, idle: float, tied: bool) -> Plan:
    """Start a server and wait until it answers; `NoServer` where that fails. It may have got other ports than the wished one."""
    for wished in (port, *[0] * (TRIES - 1)):
        plan = _plan(binary, folder, wished, database=database, idle=idle, tied=tied)
        begin = _size(folder)
        watchdog = _spawn(plan)
        try:
            await answers(plan.port, watchdog)
        except NoServer as error:
            told = tail(folder, begin)
            # Another process may take a port between our look and the server's bind: then others are tried.
            if "address already in use" not in told:
                raise NoServer(f"{error}{': ' if told else ''}{told}; its log is {folder / LOG}") from error
        else:
            await _keep_longer(plan.port)
            return plan
    raise NoServer(f"the embedded server finds no free port; its log is {folder / LOG}")


async def answers(port: int, watchdog: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a server on this port answers; `NoServer` when its watchdog has ended before, or it does not answer in time."""
    deadline = asyncio.get_running_loop().time() + READY
    while asyncio.get_running_loop().time() < deadline:
        if watchdog is not None and watchdog.poll() is not None:
            raise NoServer("the embedded server does not start")
        if listening(port) and await _serves(port):
            return
        await asyncio.sleep(TICK)
    if watchdog is not None:
        watchdog.terminate()
    raise NoServer(f"the embedded server on port {port} does not answer for {READY:g} s")


def listening(port: int, host: str = HOST) -> bool:
    """Whether anything takes connections on a port of this machine."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def tail(folder: Path, begin: int) -> str:
    """The last line that the server or its watchdog has written to the log since `begin`."""
    with (folder / LOG).open("rb") as log:
        log.seek(begin)
        lines = log.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


async def _serves(port: int) -> bool:
    try:
        client = await Client.connect(f"{HOST}:{port}", namespace=NAMESPACE)
        return await client.service_client.check_health(timeout=timedelta(seconds=2))
    except (RPCError, RuntimeError):  # not yet; RuntimeError is what the SDK raises for a connection that fails
        return False


async def _keep_longer(port: int) -> None:
    client = await Client.connect(f"{HOST}:{port}", namespace=NAMESPACE)
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    config = NamespaceConfig(workflow_execution_retention_ttl=retention)
    await client.workflow_service.update_namespace(UpdateNamespaceRequest(namespace=NAMESPACE, config=config))


def _plan(binary: Path, folder: Path, port: int, *, database: str | None, idle: float, tied: bool) -> Plan:
    port, ui_port, metrics_port = ports(port)
    return Plan(
        binary=str(binary),
        folder=str(folder),
        port=port,
        ui_port=ui_port,
        metrics_port=metrics_port,
        database=database,
        idle=idle,
        tied=tied,
    )


def ports(wished: int) -> tuple[int, int, int]:
    """Ports for the server, its Web UI and its metrics: the wished one where it is free, and beside it the UI's where that is free, too."""
    if not wished or not _bindable(wished):
        port, ui_port, metrics_port = _free_ports(3)
        return port, ui_port, metrics_port
    beside = wished + UI_OFFSET
    others = [one for one in _free_ports(4) if one not in {wished, beside}]
    return wished, beside if _bindable(beside) else others[0], others[1]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _bindable(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except (OSError, OverflowError):  # taken, or beyond the last port there is
            return False
    return True


def _size(folder: Path) -> int:
    path = folder / LOG
    return path.stat().st_size if path.exists() else 0


def _spawn(plan: Plan) -> subprocess.Popen[bytes]:
    """Start the watchdog: a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it, and none of our streams."""
    command = [sys.executable, "-P", "-m", "interpreter.temporal.watchdog", json.dumps(asdict(plan))]
    with (Path(plan.folder) / LOG).open("ab") as log, _stdin(tied=plan.tied) as stdin:
        return subprocess.Popen(command, stdin=stdin, stdout=log, stderr=log, start_new_session=True, cwd=plan.folder)


def _stdin(*, tied: bool) -> IO[bytes]:
    """What a watchdog reads: nothing, or the end of this process."""
    if not tied:
        return Path(os.devnull).open("rb")
    # Nobody writes into this pipe, and its other end is never closed: that is left to the end of this process, by whatever way.
    reader, _ = os.pipe()
    return os.fdopen(reader, "rb")
