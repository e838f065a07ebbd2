from __future__ import annotations

import asyncio

import pytest

from activities.redact import Redaction
from activities.secrets import Secrets
from activities.secrets.environment import Environment
from interpreter.faults import Fault, fault


def secrets(declared, *environments, redaction=None):
    return Secrets(declared, [Environment(one) for one in environments], redaction or Redaction())


def value(found, name):
    return asyncio.run(found.value(name))


def trouble(found, name):
    with pytest.raises(Fault) as caught:
        value(found, name)
    problem = caught.value.problem
    return problem.type.rsplit("/")[-1], problem.status, problem.detail


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_only_the_text_of_an_object_is_parsed(text, expected):
    assert value(secrets(["s"], {"SWTEMPORAL_SECRET_S": text}), "s") == expected


def test_an_undeclared_secret_is_forbidden_although_it_is_there():
    kind, status, detail = trouble(secrets(["other"], {"SWTEMPORAL_SECRET_S": "hunter2"}), "s")
    assert (kind, status) == ("authorization", 403)
    assert "'s' is not declared" in detail
    assert "hunter2" not in detail


def test_a_missing_secret_is_told_with_what_helps():
    kind, status, detail = trouble(secrets(["s"], {"S": "hunter2"}), "s")
    assert (kind, status) == ("authorization", 403)
    assert "set SWTEMPORAL_SECRET_S" in detail


def test_a_worker_without_places_has_no_secret():
    assert trouble(secrets(["s"]), "s") == ("authorization", 403, "the worker has no secret 's'; it was started without any")


def test_the_first_place_that_has_it_gives_it():
    found = secrets(["a", "b"], {"SWTEMPORAL_SECRET_A": "1"}, {"SWTEMPORAL_SECRET_A": "2", "SWTEMPORAL_SECRET_B": "3"})
    assert asyncio.run(found.read(["b", "a", "a"])) == {"a": "1", "b": "3"}


def test_a_place_that_cannot_be_asked_is_not_passed_over():
    class Broken:
        async def find(self, name):
            raise fault("communication", "no answer")

    found = Secrets(["s"], [Broken(), Environment({"SWTEMPORAL_SECRET_S": "another"})], Redaction())
    assert trouble(found, "s") == ("communication", 500, "no answer")


def test_what_was_read_is_hidden():
    redaction = Redaction()
    assert value(secrets(["s"], {"SWTEMPORAL_SECRET_S": '{"password": "hunter2"}'}, redaction=redaction), "s")
    assert redaction("is it hunter2?") == "is it ***?"
