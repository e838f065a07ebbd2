from __future__ import annotations

import pytest

from activities.containers.config import config_of, name_of
from interpreter.faults import Fault

OF = {"namespace": "space", "workflow": "flow", "task": "t"}


def made(**with_):
    return config_of({"image": "alpine", **with_}, {"l": "1"}, removes_itself=False)


def refused(**with_):
    with pytest.raises(Fault) as caught:
        made(**with_)
    return caught.value.problem.type.rpartition("/")[2], caught.value.problem.detail


def test_the_least_one_can_say():
    assert made() == {
        "Image": "alpine",
        "Env": [],
        "Labels": {"l": "1"},
        "OpenStdin": False,
        "StdinOnce": False,
        "AttachStdin": False,
        "ExposedPorts": {},
        "HostConfig": {"Binds": [], "PortBindings": {}, "AutoRemove": False},
    }


def test_a_command_is_the_shells_and_takes_the_place_of_the_entry_point():
    found = made(command="echo $1", arguments=["a", 2])
    assert (found["Entrypoint"], found["Cmd"]) == (["sh", "-c"], ["echo $1", "sh", "a", "2"])


def test_arguments_alone_are_the_entry_points():
    found = made(arguments=["a", True])
    assert found["Cmd"] == ["a", "true"]
    assert "Entrypoint" not in found


def test_environment_and_input():
    found = made(environment={"A": "x=y", "B": [1], "C": None}, stdin="in")
    assert found["Env"] == ["A=x=y", "B=[1]"]
    assert (found["OpenStdin"], found["StdinOnce"]) == (True, True)


@pytest.mark.parametrize(
    ("ports", "bound"),
    [
        ({"8080": 80}, {"80/tcp": [{"HostPort": "8080"}]}),
        ({"8080": "80/udp"}, {"80/udp": [{"HostPort": "8080"}]}),
        ({"127.0.0.1:8080": "80"}, {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}),
        ({"[::1]:8080": 80}, {"80/tcp": [{"HostIp": "::1", "HostPort": "8080"}]}),
        ({"1": 80, "2": 80}, {"80/tcp": [{"HostPort": "1"}, {"HostPort": "2"}]}),
    ],
)
def test_ports_are_the_hosts_first(ports, bound):
    found = made(ports=ports)
    assert found["HostConfig"]["PortBindings"] == bound
    assert found["ExposedPorts"] == {port: {} for port in bound}


@pytest.mark.parametrize(
    "ports", [{"http": 80}, {"8080": "web"}, {"8080": None}, {"a:b:1": 80}, {"8080": "80/http"}, {"": 80}, {"8080": [80]}]
)
def test_what_is_no_port_is_refused(ports):
    kind, detail = refused(ports=ports)
    assert kind == "configuration"
    assert "maps no port" in detail


def test_volumes_are_the_hosts_first():
    assert made(volumes={"/host": "/in", "data": "/data:ro"})["HostConfig"]["Binds"] == ["/host:/in", "data:/data:ro"]


@pytest.mark.parametrize("volumes", [{"/a": "relative"}, {"/a": 5}, {"/a:/b": "/c"}, {"": "/c"}, {"/a": {"b": 1}}])
def test_what_is_no_volume_is_refused(volumes):
    kind, detail = refused(volumes=volumes)
    assert kind == "configuration"
    assert "mounts nothing" in detail


@pytest.mark.parametrize("with_", [{"image": ""}, {"image": None}, {"image": 5}, {"command": ""}, {"command": 5}])
def test_image_and_command_are_texts(with_):
    assert refused(**with_)[0] == "expression"


# Names


def test_without_a_name_it_is_made_of_the_task():
    assert name_of({"of": OF}, "1-2") == "flow-1-2.space-t"
    assert name_of({"of": {**OF, "task": "say hello/ü"}}, "1-2") == "flow-1-2.space-say-hello--"
    assert len(name_of({"of": {**OF, "task": "t" * 1000}}, "1-2")) == 200


def test_a_name_is_taken_as_it_is():
    assert name_of({"of": OF, "name": "a.b_c-1"}, "1-2") == "a.b_c-1"


@pytest.mark.parametrize(
    ("name", "kind"), [("a b", "configuration"), ("-a", "configuration"), ("a", "configuration"), ("", "expression"), (5, "expression")]
)
def test_what_docker_takes_for_no_name_is_refused(name, kind):
    with pytest.raises(Fault) as caught:
        name_of({"of": OF, "name": name}, "1-2")
    assert caught.value.problem.type.endswith(kind)
