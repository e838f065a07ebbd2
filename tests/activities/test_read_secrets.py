from __future__ import annotations

from interpreter.effects import READ_SECRETS
from tests.activities.performing import arguments, perform, problem
from tests.settings import Settings

SETTINGS = Settings(environment={"SWTEMPORAL_SECRET_A": "one", "SWTEMPORAL_SECRET_B": '{"c": 2}'})


def test_secrets_come_by_name():
    given = arguments({"names": ["a", "b"]}, secrets=["a", "b"])
    assert perform(READ_SECRETS, given, SETTINGS) == {"a": "one", "b": {"c": 2}}


def test_one_that_is_missing_is_an_authorization_error():
    found = problem(READ_SECRETS, arguments({"names": ["a", "z"]}, secrets=["a", "z"]), SETTINGS)
    assert (found["type"].rpartition("/")[2], found["status"]) == ("authorization", 403)
    assert "SWTEMPORAL_SECRET_Z" in found["detail"]
