"""A container as a document describes it, in the words of the Docker Engine API.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#container-process
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from activities.process import given
from interpreter.faults import fault
from interpreter.templates import spliced
from interpreter.values import Json

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_NAME_LENGTH = 200
_HOST_PORT = re.compile(r"(?:(?P<ip>[0-9.]+|\[[0-9a-fA-F:]+\]):)?(?P<port>[0-9]{1,5})")
_PORT = re.compile(r"(?P<port>[0-9]{1,5})(?P<protocol>/(?:tcp|udp|sctp))?")


def name_of(with_: Json, unique: str) -> str:
    """What the container is called: as the document says, else `{workflow}-{unique}.{namespace}-{task}` in characters that Docker takes."""
    if with_.get("name") is not None:
        name = given.text(with_["name"], "the container's 'name'")
        if not _NAME.fullmatch(name):
            raise fault("configuration", f"a container cannot be called '{name}': letters, digits, '_', '.' and '-' make a name")
        return name
    of = with_["of"]
    return re.sub(r"[^a-zA-Z0-9_.-]", "-", f"{of['workflow']}-{unique}.{of['namespace']}-{of['task']}")[:_NAME_LENGTH]


def config_of(with_: Json, labels: Mapping[str, str], *, removes_itself: bool) -> Json:
    """The body of the API's `create`.

    A `command` is run by `sh -c`, in the place of the image's entry point, with the arguments as `$1` and so on; without one, the arguments go to the
    entry point. Keys of `ports` and `volumes` are the host's, values the container's. `configuration` faults for what is no port or volume.
    """
    arguments = given.arguments(with_.get("arguments"))
    ports = _ports(with_.get("ports"))
    reads = bool(given.stdin(with_.get("stdin")))
    config: dict[str, Json] = {
        "Image": given.text(with_["image"], "the container's 'image'"),
        "Env": [f"{name}={value}" for name, value in given.environment(with_.get("environment")).items()],
        "Labels": dict(labels),
        "OpenStdin": reads,
        "StdinOnce": reads,
        "AttachStdin": reads,
        "ExposedPorts": {port: {} for port in ports},
        "HostConfig": {"Binds": _binds(with_.get("volumes")), "PortBindings": ports, "AutoRemove": removes_itself},
    }
    if with_.get("command") is not None:
        command = given.text(with_["command"], "the container's 'command'")
        return {**config, "Entrypoint": ["sh", "-c"], "Cmd": [command, "sh", *arguments]}
    return {**config, "Cmd": arguments} if arguments else config


def _ports(mapped: Json) -> dict[str, list[Json]]:
    """By the container's port, where on the host it is."""
    found: dict[str, list[Json]] = {}
    for host, inside in (mapped or {}).items():
        outer, inner = _HOST_PORT.fullmatch(host), _PORT.fullmatch(spliced(inside))
        if outer is None or inner is None:
            raise fault(
                "configuration",
                f"'{host}: {spliced(inside)}' maps no port; write the host's port, and as its value the container's: 8080: 80",
            )
        binding = {"HostPort": outer["port"]} if outer["ip"] is None else {"HostIp": outer["ip"].strip("[]"), "HostPort": outer["port"]}
        found.setdefault(inner["port"] + (inner["protocol"] or "/tcp"), []).append(binding)
    return found


def _binds(volumes: Json) -> list[str]:
    found = []
    for host, inside in (volumes or {}).items():
        if not host or ":" in host or not isinstance(inside, str) or not inside.startswith("/"):
            shown = spliced(inside)
            raise fault(
                "configuration",
                f"'{host}: {shown}' mounts nothing; write a path (or volume) of the host, and as its value an absolute path",
            )
        found.append(f"{host}:{inside}")
    return found
