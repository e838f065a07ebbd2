from __future__ import annotations

import base64
import json
import sys
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from activities.authentication.clients import ASSERTION_TYPE, proof
from activities.authentication.terms import Client
from interpreter.faults import Fault

SECRET = "a secret of some length"


def shown(method, *, id="flows", secret=SECRET, assertion=None, audience="https://authority/token"):
    return proof(Client(id=id, secret=secret, assertion=assertion, method=method), audience)


def test_basic_encodes_both_as_in_a_form():
    members, header = shown("client_secret_basic", id="a:b", secret="ü &+")
    assert members == {}
    assert base64.b64decode(header.removeprefix("Basic ")) == b"a%3Ab:%C3%BC+%26%2B"


def test_post_sends_both():
    assert shown("client_secret_post") == ({"client_id": "flows", "client_secret": SECRET}, None)


def test_a_public_client_has_no_secret():
    assert shown("client_secret_post", secret=None) == ({"client_id": "flows"}, None)


def test_none_sends_the_name_if_there_is_one():
    assert shown("none") == ({"client_id": "flows"}, None)
    assert shown("none", id=None) == ({}, None)


def test_a_secret_signs():
    members, header = shown("client_secret_jwt")
    assert (members["client_id"], members["client_assertion_type"], header) == ("flows", ASSERTION_TYPE, None)
    token = jwt.decode(members["client_assertion"], OctKey.import_key(SECRET), algorithms=["HS256"])
    assert {token.claims["iss"], token.claims["sub"]} == {"flows"}
    assert token.claims["aud"] == "https://authority/token"
    assert 0 < token.claims["exp"] - time.time() <= 60
    assert shown("client_secret_jwt").members["client_assertion"] != members["client_assertion"]


def pem(key):
    return key.as_pem(private=True).decode()


RSA, P256, P521 = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), ECKey.generate_key("P-521")


@pytest.mark.parametrize(
    ("key", "text", "header"),
    [
        (RSA, pem(RSA), {"alg": "RS256"}),
        (P256, pem(P256), {"alg": "ES256"}),
        (P521, pem(P521), {"alg": "ES512"}),
        (RSA, json.dumps(RSA.as_dict(private=True, kid="k1", alg="PS256")), {"alg": "PS256", "kid": "k1"}),
        (P256, json.dumps(P256.as_dict(private=True, kid="k2")), {"alg": "ES256", "kid": "k2"}),
    ],
    ids=["rsa", "p256", "p521", "rsa-jwk", "p256-jwk"],
)
def test_a_private_key_signs(key, text, header):
    assertion = shown("private_key_jwt", assertion=text).members["client_assertion"]
    token = jwt.decode(assertion, key, algorithms=["RS256", "PS256", "ES256", "ES512"])
    assert header.items() <= token.header.items()
    assert token.claims["sub"] == "flows"


def test_a_signed_assertion_goes_out_as_it_is():
    assert shown("private_key_jwt", assertion="e30.e30.c2ln").members["client_assertion"] == "e30.e30.c2ln"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
        RSA.as_pem(private=False).decode(),
        json.dumps(P256.as_dict(private=False)),
        '{"kty": "hunter2"}',
        "{hunter2",
    ],
)
def test_what_is_no_private_key_is_refused(text):
    with pytest.raises(Fault) as caught:
        shown("private_key_jwt", assertion=text)
    assert caught.value.problem.type.endswith("/authentication")
    assert "hunter2" not in caught.value.problem.detail


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "joserfc", None)
    with pytest.raises(Fault) as caught:
        shown("client_secret_jwt")
    assert "pip install 'swtemporal[oauth]'" in caught.value.problem.detail
