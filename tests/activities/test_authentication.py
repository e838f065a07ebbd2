from __future__ import annotations

import pytest

from activities.authentication import authorize
from activities.settings import Settings
from interpreter.effects import CALL_HTTP
from interpreter.faults import Fault
from tests.activities import performing
from tests.activities.performing import arguments, perform, problem

PLAIN = {"variables": {}}


def http(counterpart, path, authentication, **members):
    return performing.http(counterpart, path, authentication=authentication, **members)


def test_basic_by_properties(counterpart):
    given = http(counterpart, "/basic-auth/ada/l%C3%B6ve", {"basic": {"username": "ada", "password": "löve"}})
    assert perform(CALL_HTTP, arguments(given))["authenticated"]


def test_basic_by_secret(counterpart):
    settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": '{"username": "ada", "password": "pw"}'})
    given = http(counterpart, "/basic-auth/ada/pw", {"basic": {"use": "site"}})
    assert perform(CALL_HTTP, arguments(given, secrets=["site"]), settings)["authenticated"]


def test_bearer_by_a_deferred_token(counterpart):
    settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": '{"token": "t0"}'})
    given = http(counterpart, "/bearer/t0", {"bearer": {"token": "${ $secrets.site.token }"}})
    deferred = {"/authentication/bearer/token": PLAIN}
    assert perform(CALL_HTTP, arguments(given, secrets=["site"], deferred=deferred), settings)["token"] == "t0"


def test_the_policy_replaces_a_header_of_that_name(counterpart):
    given = http(counterpart, "/echo", {"bearer": {"token": "t0"}}, headers={"authorization": "Basic x"})
    assert perform(CALL_HTTP, arguments(given))["headers"]["authorization"] == "Bearer t0"


def test_credentials_are_not_shown_in_the_response_object(counterpart):
    given = http(counterpart, "/bearer/t0", {"bearer": {"token": "t0"}}, output="response")
    assert perform(CALL_HTTP, arguments(given))["request"]["headers"]["authorization"] == "***"


def test_expressions_see_the_authorization(counterpart):
    given = http(
        counterpart, "/echo", {"bearer": {"token": "t0"}}, headers={"X-Auth": "${ $authorization.scheme } ${ $authorization.parameter }"}
    )
    assert perform(CALL_HTTP, arguments(given, deferred={"/headers/X-Auth": PLAIN}))["headers"]["x-auth"] == "Bearer t0"


def test_refused_credentials_are_the_peers_answer(counterpart):
    found = problem(CALL_HTTP, arguments(http(counterpart, "/bearer/t0", {"bearer": {"token": "wrong"}})))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("communication", 401)


def test_a_missing_secret_is_an_authorization_error(counterpart):
    found = problem(CALL_HTTP, arguments(http(counterpart, "/bearer/t0", {"bearer": {"use": "site"}}), secrets=["site"]))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("authorization", 403)
    assert counterpart.received == []


@pytest.mark.parametrize(
    ("policy", "kind", "status"),
    [
        ({"basic": {"username": "ada"}}, "authentication", 401),
        ({"basic": {"username": "ada", "password": 5}}, "authentication", 401),
        ({"bearer": {"token": None}}, "authentication", 401),
        ({"bearer": "text"}, "authentication", 401),
        ({"bearer": {"use": "plain"}}, "authentication", 401),
        ({"digest": {"username": "ada", "password": "pw"}}, "configuration", 400),
        ({"oauth2": {"authority": "https://a"}}, "configuration", 400),
        ("text", "configuration", 400),
        ({}, "configuration", 400),
    ],
)
def test_other_policies_are_refused_without_a_value(policy, kind, status):
    with pytest.raises(Fault) as caught:
        authorize(policy, {"plain": "hunter2"})
    found = caught.value.problem
    assert (found.type.rpartition("/")[2], found.status) == (kind, status)
    assert "hunter2" not in str(found)
    assert "pw" not in str(found)
