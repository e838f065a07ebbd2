from __future__ import annotations

import pytest

from activities.authentication import Authorization
from activities.http.digest import Digest
from interpreter.effects import CALL_HTTP, FETCH
from interpreter.faults import Fault
from tests.activities import performing
from tests.activities.performing import arguments, perform, problem
from tests.counterparts import Reply
from tests.counterparts.authority import Guard
from tests.settings import Settings

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


def test_digest_by_secret(counterpart):
    guard = Guard(counterpart, "ada", "hunter2")
    settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": '{"username": "ada", "password": "hunter2"}'})
    given = http(counterpart, "/digest", {"digest": {"use": "site"}}, output="response")
    response = perform(CALL_HTTP, arguments(given, secrets=["site"]), settings)
    assert (response["content"], response["request"]["headers"]["authorization"]) == ("in", "***")
    assert len(guard.answers) == 1


def test_digest_for_a_resource(counterpart):
    Guard(counterpart, "ada", "pw", realm="r")
    given = {"uri": f"{counterpart.origin}/digest", "authentication": {"digest": {"username": "ada", "password": "pw"}}}
    assert perform(FETCH, arguments(given))["content"] == "in"


def test_an_answer_to_a_challenge_is_not_shown(counterpart):
    guard = Guard(counterpart, "ada", "pw")
    counterpart.replies["/digest"] = lambda received: (
        Reply(500, received.headers["authorization"].encode(), {"Content-Type": "text/plain"})
        if "authorization" in received.headers
        else guard._challenge()
    )
    given = http(counterpart, "/digest", {"digest": {"username": "ada", "password": "pw"}})
    assert 'response="***"' in problem(CALL_HTTP, arguments(given))["detail"]


def test_an_expression_sees_the_scheme_of_digest_alone(counterpart):
    Guard(counterpart, "ada", "pw")
    given = http(
        counterpart,
        "/digest",
        {"digest": {"username": "ada", "password": "pw"}},
        method="post",
        headers={"Content-Type": "text/plain"},
        body="<${ $authorization.scheme } ${ $authorization.parameter }>",
    )
    assert perform(CALL_HTTP, arguments(given, deferred={"/body": PLAIN})) == "<Digest >"


def test_digest_is_for_http_alone():
    with pytest.raises(Fault) as caught:
        _ = Authorization("Digest", "", Digest("ada", "pw", lambda _: None)).header
    assert caught.value.problem.type.endswith("/configuration")


@pytest.mark.parametrize(
    ("policy", "kind", "status"),
    [
        ({"basic": {"username": "ada"}}, "authentication", 401),
        ({"basic": {"username": "ada", "password": 5}}, "authentication", 401),
        ({"basic": {"username": "ada", "password": "pw\n"}}, "authentication", 401),
        ({"bearer": {"token": None}}, "authentication", 401),
        ({"bearer": {"token": "pw\r\nX-More: 1"}}, "authentication", 401),
        ({"bearer": {"token": "\ud800"}}, "authentication", 401),
        ({"bearer": "text"}, "authentication", 401),
        ({"bearer": {"use": "plain"}}, "authentication", 401),
        ({"digest": {"username": "ada"}}, "authentication", 401),
        ({"oauth2": {"use": "plain"}}, "authentication", 401),
        ({"oidc": "text"}, "authentication", 401),
        ({"certificate": {}}, "configuration", 400),
        ("text", "configuration", 400),
        ({}, "configuration", 400),
    ],
)
def test_other_policies_are_refused_without_a_value(counterpart, policy, kind, status):
    settings = Settings(environment={"SWTEMPORAL_SECRET_PLAIN": "hunter2"})
    found = problem(CALL_HTTP, arguments(http(counterpart, "/echo", policy), secrets=["plain"]), settings)
    assert (found["type"].rpartition("/")[2], found["status"]) == (kind, status)
    assert "hunter2" not in str(found)
    assert "pw" not in str(found)
    assert counterpart.received == []
