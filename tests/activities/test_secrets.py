from __future__ import annotations

import pytest

from activities.redact import Redaction
from activities.secrets import Secrets, variable
from interpreter.faults import Fault


def secrets(declared, environment, redaction=None):
    return Secrets(declared, environment, redaction or Redaction())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("token", "SWTEMPORAL_SECRET_TOKEN"),
        ("myApi.key-2", "SWTEMPORAL_SECRET_MYAPI_KEY_2"),
        ("clé", "SWTEMPORAL_SECRET_CL_"),
    ],
)
def test_a_secrets_name_gives_its_variable(name, expected):
    assert variable(name) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ('{"username": "ada", "port": 1}', {"username": "ada", "port": 1}),
        ('{"broken"', '{"broken"'),
        ("[1]", "[1]"),
        ("12", "12"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_only_the_text_of_an_object_is_parsed(text, value):
    assert secrets(["s"], {"SWTEMPORAL_SECRET_S": text})["s"] == value


def test_an_undeclared_secret_is_forbidden_although_it_is_there():
    with pytest.raises(Fault) as caught:
        secrets(["other"], {"SWTEMPORAL_SECRET_S": "hunter2"})["s"]
    problem = caught.value.problem
    assert (problem.type.rsplit("/")[-1], problem.status) == ("authorization", 403)
    assert "'s' is not declared" in problem.detail
    assert "hunter2" not in str(problem.as_json())


def test_a_missing_secret_is_told_with_its_variable():
    with pytest.raises(Fault) as caught:
        secrets(["s"], {"S": "hunter2"})["s"]
    problem = caught.value.problem
    assert (problem.type.rsplit("/")[-1], problem.status) == ("authorization", 403)
    assert "set SWTEMPORAL_SECRET_S" in problem.detail


def test_all_of_them_are_those_declared():
    assert dict(secrets(["a"], {"SWTEMPORAL_SECRET_A": "1", "SWTEMPORAL_SECRET_B": "2"})) == {"a": "1"}


def test_what_was_read_is_hidden():
    redaction = Redaction()
    assert secrets(["s"], {"SWTEMPORAL_SECRET_S": '{"password": "hunter2"}'}, redaction)["s"]
    assert redaction("is it hunter2?") == "is it ***?"
