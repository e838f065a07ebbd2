from __future__ import annotations

import pytest

from activities.authentication.terms import terms
from interpreter.faults import Fault

CLIENT = {"id": "a", "secret": "hunter2"}
WHOLE = {"authority": "https://a.example/x/", "grant": "client_credentials", "client": CLIENT}


def test_what_is_not_said_is_as_the_language_says():
    found = terms(WHOLE, "it")
    assert (found.authority, found.token_endpoint, found.introspection_endpoint) == (
        "https://a.example/x",
        "/oauth2/token",
        "/oauth2/introspect",
    )
    assert (found.client.method, found.encoding) == ("client_secret_post", "application/x-www-form-urlencoded")


def test_who_names_no_client_has_none():
    found = terms({"authority": "https://a.example", "grant": "password", "username": "u", "password": "p"}, "it")
    assert (found.client.id, found.client.method) == (None, "none")


def test_credentials_are_not_printed():
    subject = {"token": "hunter2", "type": "t"}
    found = terms(WHOLE | {"username": "u", "password": "hunter2", "subject": subject, "actor": subject}, "it")
    assert "hunter2" not in repr(found)
    assert set(found.credentials) == {"hunter2"}


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        (5, "it must be an object, not number"),
        ({**WHOLE, "authority": None}, "needs 'authority'"),
        ({**WHOLE, "grant": None}, "needs 'grant'"),
        ({**WHOLE, "grant": ["hunter2"]}, "must have 'grant' as a text; it is array"),
        ({**WHOLE, "grant": "hunter2"}, "a grant that is not known"),
        ({**WHOLE, "grant": "authorization_code"}, "somebody has to sign in"),
        ({**WHOLE, "grant": "password"}, "needs 'username' for the grant 'password'"),
        ({**WHOLE, "grant": "refresh_token"}, "needs 'subject' for the grant 'refresh_token'"),
        ({**WHOLE, "client": "hunter2"}, "has 'client' as string"),
        ({**WHOLE, "client": {"secret": "hunter2"}}, "needs 'client.id'"),
        ({**WHOLE, "client": {"id": "a", "authentication": "client_secret_jwt"}}, "needs 'client.secret' for 'client_secret_jwt'"),
        ({**WHOLE, "client": {"id": "a", "secret": 5}}, "must have 'client.secret' as a text; it is number"),
        ({**WHOLE, "client": {**CLIENT, "authentication": "private_key_jwt"}}, "needs 'client.assertion'"),
        ({**WHOLE, "client": {**CLIENT, "authentication": "hunter2"}}, "'client.authentication' that is not known"),
        ({**WHOLE, "request": {"encoding": "text/plain"}}, "'request.encoding' that is not known"),
        ({**WHOLE, "scopes": "hunter2"}, "must have 'scopes' as a list of texts"),
        ({**WHOLE, "subject": {"token": "hunter2"}}, "needs 'subject.type'"),
    ],
)
def test_what_is_missing_or_wrong_is_named_without_its_value(properties, said):
    with pytest.raises(Fault) as caught:
        terms(properties, "it")
    problem = caught.value.problem
    assert (problem.type.rpartition("/")[2], problem.status) == ("authentication", 401)
    assert said in problem.detail
    assert "hunter2" not in problem.detail
