from __future__ import annotations

import asyncio

import pytest

from activities.authentication import Authorization
from activities.http import digest
from activities.http.client import Http, Request
from activities.http.digest import Challenge, Challenges, Digest, challenges
from interpreter.faults import Fault
from tests.counterparts.authority import Guard

ADA = Digest("ada", "lövelace", lambda _: None)


def exchange(counterpart, *, times=1, credentials=ADA, method="GET", body=None, query=""):
    async def whole():
        async with Http.opened({}) as http:
            request = Request(
                method=method,
                uri=f"{counterpart.origin}/digest",
                shown="there",
                query=query,
                body=body,
                authorization=Authorization("Digest", "", credentials),
            )
            return [await http.exchange(request, within=10) for _ in range(times)]

    return asyncio.run(whole())


@pytest.mark.parametrize("algorithm", ["", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess"])
def test_a_challenge_is_answered(counterpart, algorithm):
    guard = Guard(counterpart, "ada", "lövelace", algorithm=algorithm)
    (answer,) = exchange(counterpart, method="POST", body=b"sent", query="a=1&b=%20")
    assert (answer.status, answer.body) == (200, b"sent")
    assert [one["uri"] for one in guard.answers] == ["/digest?a=1&b=%20"]
    assert len(counterpart.received) == 2


def test_the_next_request_answers_at_once(counterpart):
    guard = Guard(counterpart, "ada", "lövelace")
    assert [answer.status for answer in exchange(counterpart, times=3)] == [200, 200, 200]
    assert [one["nc"] for one in guard.answers] == ["00000001", "00000002", "00000003"]
    assert len(counterpart.received) == 4


def test_a_nonce_that_is_too_old_is_replaced(counterpart):
    guard = Guard(counterpart, "ada", "lövelace")

    class Forgetful(dict):
        def __contains__(self, nonce):
            return nonce == f"nonce,{guard.given}" and guard.given > 1

    guard.nonces = Forgetful()
    assert [answer.status for answer in exchange(counterpart)] == [200]
    assert len(counterpart.received) == 3


def test_the_nonce_for_the_next_request_is_taken(counterpart):
    guard = Guard(counterpart, "ada", "lövelace")
    guard.nonces["the next"] = 0
    guard.extra = {"Authentication-Info": 'rspauth="x", nextnonce="the next"'}
    assert [answer.status for answer in exchange(counterpart, times=2)] == [200, 200]
    assert [one["nonce"] for one in guard.answers] == ["nonce,1", "the next"]


def test_the_oldest_form_has_no_quality_of_protection(counterpart):
    guard = Guard(counterpart, "ada", "lövelace", qop="", algorithm="")
    assert [answer.status for answer in exchange(counterpart)] == [200]
    assert "cnonce" not in guard.answers[0]


def test_wrong_credentials_are_refused_after_one_answer(counterpart):
    Guard(counterpart, "ada", "another")
    assert [answer.status for answer in exchange(counterpart)] == [401]
    assert len(counterpart.received) == 2


def test_a_peer_that_asks_for_nothing_is_not_answered(counterpart):
    async def whole():
        async with Http.opened({}) as http:
            request = Request(
                method="GET", uri=f"{counterpart.origin}/status/401", shown="x", authorization=Authorization("Digest", "", ADA)
            )
            return await http.exchange(request, within=10)

    assert asyncio.run(whole()).status == 401
    assert [one.headers.get("authorization") for one in counterpart.received] == [None]


@pytest.mark.parametrize("asked", [{"algorithm": "SHA-512-256"}, {"qop": "auth-int"}])
def test_what_is_not_known_is_told(counterpart, asked):
    Guard(counterpart, "ada", "lövelace", **asked)
    with pytest.raises(Fault) as caught:
        exchange(counterpart)
    assert caught.value.problem.type.endswith("/authentication")
    assert "MD5 and SHA-256" in caught.value.problem.detail


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_the_rfc(monkeypatch, algorithm, response):
    monkeypatch.setattr(digest.secrets, "token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    asked = Challenge(
        realm="http-auth@example.org",
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        algorithm=algorithm,
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
        qop="auth",
    )
    answer = asked.answered(Digest("Mufasa", "Circle of Life", lambda _: None), "GET", "/dir/index.html")
    assert f'response="{response}"' in answer


def test_the_rfcs_example_of_a_hashed_name():
    asked = Challenge(realm="api@example.org", nonce="n", algorithm="SHA-256", userhash=True)
    name = digest.hashlib.sha256("Jäsøn Doe:api@example.org".encode()).hexdigest()
    assert f'username="{name}", userhash=true' in asked.answered(Digest("Jäsøn Doe", "p", lambda _: None), "GET", "/")


def test_a_name_beyond_ascii_is_encoded():
    asked = Challenge(realm="r", nonce="n", algorithm="MD5")
    assert "username*=UTF-8''J%C3%A4s%C3%B8n" in asked.answered(Digest("Jäsøn", "p", lambda _: None), "GET", "/")


def test_answers_are_told_to_who_hides_them():
    told = []
    answer = Challenge(realm="r", nonce="n", algorithm="MD5").answered(Digest("a", "p", told.append), "GET", "/")
    assert f'response="{told[0]}"' in answer


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ("Basic", [("basic", {})]),
        ('Digest realm="a, b=\\"c\\"", nonce=x', [("digest", {"realm": 'a, b="c"', "nonce": "x"})]),
        ("Negotiate abc==, Digest nonce=x , , Bearer", [("negotiate", {}), ("digest", {"nonce": "x"}), ("bearer", {})]),
        (
            'Digest qop="auth",nonce="1", Digest algorithm=MD5',
            [("digest", {"qop": "auth", "nonce": "1"}), ("digest", {"algorithm": "MD5"})],
        ),
        ('=,"', []),
    ],
)
def test_challenges_are_read(header, found):
    assert list(challenges(header)) == found


def test_the_stronger_algorithm_is_chosen():
    known = Challenges()
    asked = {"www-authenticate": "Digest nonce=a, algorithm=MD5, Digest nonce=b, algorithm=SHA-256, Digest nonce=c, algorithm=OTHER"}
    assert known.refused("http://a", ADA, asked, again=False)
    assert 'nonce="b"' in known.answer("http://a", ADA, "GET", "/")


def test_no_answer_goes_to_another_origin():
    known = Challenges()
    known.refused("http://a", ADA, {"www-authenticate": "Digest nonce=a"}, again=False)
    assert known.answer("http://b", ADA, "GET", "/") is None
    assert known.answer("http://a", Digest("eve", "p", lambda _: None), "GET", "/") is None
