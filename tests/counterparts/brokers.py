"""Brokers that others wrote, each a process of its own on a free port of this machine, with its files in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import pytest

from tests.canaries import token

TOOLS = Path(__file__).parents[2] / ".tools"
_PATIENCE = 60.0

_LEASHED = '"$@" </dev/null & read _; kill -9 0'
"""A broker that is killed with all its processes when whoever started it is no more: then its input ends."""

USER, PASSWORD = "ada", token("broker")


def program(name: str, cure: str) -> str:
    """Where a program is; without it the test is skipped by name."""
    found = shutil.which(name, path=os.pathsep.join(("/usr/lib/rabbitmq/bin", str(TOOLS), os.environ.get("PATH", ""), "/usr/sbin")))
    if found is None:
        pytest.skip(f"there is no {name} here: {cure}")
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Broker:
    """A process that listens on `port` while it is entered; it can be killed, and started again on the same port with the same files."""

    def __init__(
        self,
        command: Callable[[int, Path], Sequence[str]],
        folder: Path,
        environment: dict[str, str] | None = None,
        *,
        gently: bool = False,
    ) -> None:
        """`gently`: it may write down what it has before it goes, as it does not do so at once."""
        self._signal = signal.SIGTERM if gently else signal.SIGKILL
        self.port = free_port()
        self.folder = folder
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _LEASHED, "sh", *self._command(self.port, self.folder)],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def kill(self) -> None:
        """Kill it with all its processes."""
        if self._process is not None:
            os.killpg(self._process.pid, self._signal)
            self._process.communicate()
            while _lives(self._process.pid):
                time.sleep(0.01)
            self._process = None

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "log").read_text()[-3000:]
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-3000:])


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def nats(folder: Path) -> Broker:
    binary = program("nats-server", "make counterparts")
    return Broker(
        lambda port, data: [binary, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(data), "--user", USER, "--pass", PASSWORD], folder
    )


def redis(folder: Path) -> Broker:
    binary = program("redis-server", "apt install redis-server")
    return Broker(
        lambda port, data: [
            binary,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(data),
            "--requirepass",
            PASSWORD,
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
        ],
        folder,
    )


def mosquitto(folder: Path) -> Broker:
    binary = program("mosquitto", "apt install mosquitto")
    maker = program("mosquitto_passwd", "apt install mosquitto")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([maker, "-b", "-c", str(folder / "users"), USER, PASSWORD], check=True)

    def command(port: int, data: Path) -> list[str]:
        (data / "conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {data}/users\npersistence true\n"
            f"persistence_location {data}/\nautosave_on_changes true\nautosave_interval 1\nuser root\n"
        )
        return [binary, "-c", str(data / "conf")]

    return Broker(command, folder, gently=True)


def rabbitmq(folder: Path) -> Broker:
    binary = program("rabbitmq-server", "apt install rabbitmq-server")
    distribution = free_port()
    settings = {
        "RABBITMQ_NODENAME": f"swtemporal{distribution}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "ERL_EPMD_PORT": str(free_port()),
        "HOME": str(folder),
    }

    def command(port: int, data: Path) -> list[str]:
        (data / "plugins").write_text("[].")
        (data / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\ndefault_user = {USER}\ndefault_pass = {PASSWORD}\nloopback_users = none\n"
        )
        # Erlang's port mapper would be left behind as a daemon; started like this it is killed with the broker.
        return ["sh", "-c", 'epmd -port "$ERL_EPMD_PORT" & exec "$0"', binary]

    return Broker(command, folder, settings)


def kafka(folder: Path) -> Broker:
    java = program("java", "apt install default-jre-headless")
    jars = TOOLS / "kafka"
    if not jars.is_dir():
        pytest.skip("there is no Kafka here: make counterparts")
    controller = free_port()

    def command(port: int, data: Path) -> list[str]:
        jaas = f'org.apache.kafka.common.security.plain.PlainLoginModule required username="{USER}" password="{PASSWORD}" user_{USER}="{PASSWORD}";'
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"SASL_PLAINTEXT://127.0.0.1:{port}",
            "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config": jaas,
            "log.dirs": str(data / "logs"),
            "num.partitions": "2",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
        }
        (data / "server.properties").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        run = [java, "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars}/*"]
        if not (data / "logs").exists():
            subprocess.run(
                [*run, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", str(data / "server.properties")],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        return [*run, "kafka.Kafka", str(data / "server.properties")]

    return Broker(command, folder)
