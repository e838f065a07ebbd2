"""Brokers that others wrote, and how they are started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.canaries import token
from tests.counterparts.serving import TOOLS, Serving
from tests.server import free_port

DEBIAN = ("/usr/lib/rabbitmq/bin", *(str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))
"""Where Debian puts programs that are not for everybody's path."""

USER, PASSWORD = "ada", token("broker")


def program(name: str, cure: str) -> str:
    """Where a program is; without it the test is skipped by name."""
    found = shutil.which(name, path=os.pathsep.join((*DEBIAN, str(TOOLS), os.environ.get("PATH", ""), "/usr/sbin")))
    if found is None:
        pytest.skip(f"there is no {name} here: {cure}")
    return found


def nats(folder: Path) -> Serving:
    binary = program("nats-server", "make counterparts")
    return Serving(
        lambda port, data: [binary, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(data), "--user", USER, "--pass", PASSWORD], folder
    )


def redis(folder: Path) -> Serving:
    binary = program("redis-server", "apt install redis-server")
    return Serving(
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


def mosquitto(folder: Path) -> Serving:
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

    return Serving(command, folder, by=signal.SIGTERM)


def rabbitmq(folder: Path) -> Serving:
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

    return Serving(command, folder, lambda _: settings)


def kafka(folder: Path) -> Serving:
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

    return Serving(command, folder)
