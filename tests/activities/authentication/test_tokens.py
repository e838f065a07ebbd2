from __future__ import annotations

import asyncio
import base64
import json
import time

import pytest
from joserfc import jwt as jwt_of_jose
from joserfc.jwk import OctKey, RSAKey
from temporalio.exceptions import ApplicationError

from activities.policy import Policy, Rule
from interpreter.effects import CALL_HTTP, FETCH
from tests.activities import performing
from tests.activities.performing import arguments, perform, performed, problem
from tests.counterparts import Counterpart, Reply
from tests.counterparts.authority import CLIENT, SECRET, Authority
from tests.settings import Settings

PLAIN = {"variables": {}}
CREDENTIALS = {"client": {"id": CLIENT, "secret": SECRET}}
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def authority(counterpart):
    return Authority(counterpart)


def oauth2(counterpart, **members):
    return {"oauth2": {"authority": counterpart.origin, "grant": "client_credentials", **CREDENTIALS, **members}}


def oidc(counterpart, **members):
    return {"oidc": {"authority": f"{counterpart.origin}/oidc", "grant": "client_credentials", **CREDENTIALS, **members}}


def guarded(counterpart, policy, **members):
    return arguments(performing.http(counterpart, "/guarded", authentication=policy, **members))


def call(counterpart, policy):
    return perform(CALL_HTTP, guarded(counterpart, policy))


def calls(*given, between=lambda: None, settings=None):
    """What calls on one worker give, one after the other."""

    async def whole():
        async with performing.assembled(settings or Settings(), performing.Paths()) as activities:
            run = {one.__temporal_activity_definition.name: one for one in activities}[CALL_HTTP]
            found = []
            for one in given:
                found.append(await performing.environment(activity_type=CALL_HTTP).run(run, one))
                between()
            return found

    return asyncio.run(whole())


def trouble(counterpart, policy):
    found = problem(CALL_HTTP, guarded(counterpart, policy))
    assert counterpart.to("/guarded") == []
    assert (found["type"].rpartition("/")[2], found["status"], found["instance"]) == ("authentication", 401, "/do/0/t")
    for secret in (SECRET, "hunter2", "an-opaque-subject"):
        assert secret not in found["detail"]
    return found["detail"]


def jwt(**claims):
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".signature"


def test_client_credentials_by_default_in_the_body(counterpart, authority):
    policy = oauth2(counterpart, scopes=["read", "write"], audiences=["https://api.example"])
    assert call(counterpart, policy)["opened"]
    assert authority.asked == [
        {
            "grant_type": "client_credentials",
            "scope": "read write",
            "audience": "https://api.example",
            "client_id": CLIENT,
            "client_secret": SECRET,
        }
    ]


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "application/json"])
def test_several_audiences_in_both_encodings(counterpart, authority, encoding):
    assert call(counterpart, oauth2(counterpart, audiences=["a", "b"], request={"encoding": encoding}))["opened"]
    assert authority.asked[0]["audience"] == ["a", "b"]
    assert counterpart.to("/oauth2/token")[0].headers["content-type"] == encoding


def test_the_password_grant(counterpart, authority):
    assert call(counterpart, oauth2(counterpart, grant="password", username="ada", password="hunter2"))["opened"]
    (asked,) = authority.asked
    assert (asked["grant_type"], asked["username"], asked["password"]) == ("password", "ada", "hunter2")


def test_the_refresh_grant_takes_its_token_from_the_subject(counterpart, authority):
    policy = oauth2(counterpart, grant="refresh_token", subject={"token": "r0", "type": "urn:ietf:params:oauth:token-type:refresh_token"})
    assert call(counterpart, policy)["opened"]
    assert (authority.asked[0]["grant_type"], authority.asked[0]["refresh_token"]) == ("refresh_token", "r0")


def test_a_new_refresh_token_is_used_from_then_on(counterpart, authority):
    policy = oauth2(counterpart, grant="refresh_token", subject={"token": "r0", "type": "t"})
    authority.answer = {"expires_in": 1, "refresh_token": "r1"}
    calls(guarded(counterpart, policy), guarded(counterpart, policy))
    assert [one["refresh_token"] for one in authority.asked] == ["r0", "r1"]


def test_token_exchange(counterpart, authority):
    policy = oauth2(
        counterpart, grant=EXCHANGE, subject={"token": "s", "type": ACCESS}, actor={"token": "a", "type": "urn:x:jwt"}, audiences=["b"]
    )
    authority.answer = {"token_type": "N_A"}
    assert call(counterpart, policy)["opened"]
    (asked,) = authority.asked
    assert asked["grant_type"] == EXCHANGE
    assert (asked["subject_token"], asked["subject_token_type"]) == ("s", ACCESS)
    assert (asked["actor_token"], asked["actor_token_type"]) == ("a", "urn:x:jwt")


GRANTS = {
    "client_credentials": {},
    "password": {"username": "ada", "password": "hunter2"},
    "refresh_token": {"subject": {"token": "r0", "type": "t"}},
    EXCHANGE: {"subject": {"token": "s", "type": ACCESS}},
}
KEY = RSAKey.generate_key(2048)
CLIENTS = {
    "client_secret_basic": {"id": CLIENT, "secret": SECRET},
    "client_secret_post": {"id": CLIENT, "secret": SECRET},
    "client_secret_jwt": {"id": CLIENT, "secret": SECRET},
    "private_key_jwt": {"id": CLIENT, "assertion": KEY.as_pem(private=True).decode()},
    "none": {"id": CLIENT},
}


def client_of(asked):
    """Who has asked, proven."""
    match asked:
        case {"basic": [id, secret]} | {"client_id": id, "client_secret": secret}:
            assert secret == SECRET
            return id
        case {"client_assertion": assertion, "client_id": id}:
            key = OctKey.import_key(SECRET) if '"HS256"' in base64.b64decode(assertion.split(".")[0] + "==").decode() else KEY
            token = jwt_of_jose.decode(assertion, key, algorithms=["HS256", "RS256"])
            assert token.claims["sub"] == token.claims["iss"] == id
            return id
    return asked["client_id"]


@pytest.mark.parametrize("method", CLIENTS)
@pytest.mark.parametrize("grant", GRANTS)
def test_every_grant_by_every_client_authentication(counterpart, authority, grant, method):
    policy = oauth2(counterpart, grant=grant, **GRANTS[grant], client={**CLIENTS[method], "authentication": method})
    assert call(counterpart, policy)["opened"]
    (asked,) = authority.asked
    assert (client_of(asked), asked["grant_type"]) == (CLIENT, grant)
    proofs = {"basic", "client_secret", "client_assertion"} & asked.keys()
    assert len(proofs) == (0 if method == "none" else 1)


def test_paths_are_appended_to_the_authority(counterpart, authority):
    counterpart.replies["/realms/x/auth/token"] = counterpart.replies["/oauth2/token"]
    policy = oauth2(
        counterpart, authority=f"{counterpart.origin}/realms/x/.well-known/openid-configuration", endpoints={"token": "auth/token"}
    )
    assert call(counterpart, policy)["opened"]


@pytest.mark.parametrize("written", ["/oidc", "/oidc/", "/oidc/.well-known/openid-configuration"])
def test_openid_connect_discovers_where_to_ask(counterpart, authority, written):
    assert call(counterpart, oidc(counterpart, authority=counterpart.origin + written))["opened"]
    assert len(counterpart.to("/oidc/token")) == 1


def test_a_policy_in_a_secret(counterpart, authority):
    settings = Settings(environment={"SWTEMPORAL_SECRET_LOGIN": json.dumps(oidc(counterpart)["oidc"])})
    given = guarded(counterpart, {"oidc": {"use": "login"}}) | {"secrets": ["login"]}
    assert perform(CALL_HTTP, given, settings)["opened"]


def test_a_resource_behind_a_token(counterpart, authority):
    given = arguments({"uri": f"{counterpart.origin}/guarded", "authentication": oauth2(counterpart)})
    assert json.loads(perform(FETCH, given)["content"])["opened"]


def test_expressions_see_the_token(counterpart, authority):
    given = guarded(counterpart, oauth2(counterpart), headers={"X-Mark": "${ $authorization.scheme }/${ $authorization.parameter }"})
    assert perform(CALL_HTTP, given | {"deferred": {"/headers/X-Mark": PLAIN}})["marked"] == "Bearer/token-1"


def test_a_token_is_kept_by_everything_that_was_asked(counterpart, authority):
    one, other = guarded(counterpart, oauth2(counterpart)), guarded(counterpart, oauth2(counterpart, scopes=["a"]))
    calls(one, other, one, other, one)
    assert [asked.get("scope") for asked in authority.asked] == [None, "a"]


def test_of_many_calls_at_once_one_asks(counterpart, authority):
    async def whole():
        async with performing.assembled(Settings(), performing.Paths()) as activities:
            run = {one.__temporal_activity_definition.name: one for one in activities}[CALL_HTTP]
            given = guarded(counterpart, oidc(counterpart))
            return await asyncio.gather(*(performing.environment(activity_type=CALL_HTTP).run(run, given) for _ in range(20)))

    assert all(one["opened"] for one in asyncio.run(whole()))
    assert len(authority.asked) == 1
    assert len(counterpart.to("/oidc/.well-known/openid-configuration")) == 1


@pytest.mark.parametrize("told", [{"expires_in": 30}, {"expires_in": "29"}, {"expires_in": "soon"}, {"expires_in": -1}, {"expires_in": []}])
def test_a_token_that_ends_within_half_a_minute_is_not_used_again(counterpart, authority, told):
    authority.answer = told
    calls(guarded(counterpart, oauth2(counterpart)), guarded(counterpart, oauth2(counterpart)))
    assert len(authority.asked) == 2


@pytest.mark.parametrize("told", [{"expires_in": 60}, {"expires_in": "60"}, {}])
def test_a_token_that_holds_is_used_again(counterpart, authority, told):
    authority.answer = told
    calls(guarded(counterpart, oauth2(counterpart)), guarded(counterpart, oauth2(counterpart)))
    assert len(authority.asked) == 1


@pytest.mark.parametrize(("holds", "asked"), [(10, 2), (600, 1)])
def test_where_the_answer_does_not_tell_the_token_says_how_long_it_holds(counterpart, authority, holds, asked):
    authority.answer = {"access_token": jwt(exp=time.time() + holds)}
    calls(guarded(counterpart, oauth2(counterpart)), guarded(counterpart, oauth2(counterpart)))
    assert len(authority.asked) == asked


def test_a_token_that_was_withdrawn_is_renewed_once(counterpart, authority):
    given = guarded(counterpart, oauth2(counterpart), headers={"X-Mark": "${ $authorization.parameter }"}) | {
        "deferred": {"/headers/X-Mark": PLAIN}
    }
    found = calls(given, given, between=authority.withdraw)
    assert [one["marked"] for one in found] == ["token-1", "token-2"]
    assert len(counterpart.to("/guarded")) == 3


def test_a_new_token_that_is_refused_is_the_peers_answer(counterpart, authority):
    counterpart.replies["/guarded"] = Reply.text("never", 401)
    found = problem(CALL_HTTP, guarded(counterpart, oauth2(counterpart)))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("communication", 401)
    assert len(authority.asked) == len(counterpart.to("/guarded")) == 1


def test_another_refusal_renews_nothing(counterpart, authority):
    given = guarded(counterpart, oauth2(counterpart))

    def refuse():
        counterpart.replies["/guarded"] = Reply.text("not you", 403)

    with pytest.raises(Exception, match="403"):
        calls(given, given, between=refuse)
    assert len(authority.asked) == 1


def test_a_token_in_an_answer_is_not_told(counterpart, authority):
    counterpart.replies["/guarded"] = lambda received: Reply.text(f"you said {received.headers['authorization']}", 500)
    found = problem(CALL_HTTP, guarded(counterpart, oauth2(counterpart)))
    assert "you said Bearer ***" in found["detail"]


def test_who_may_not_ask_the_authority_has_no_token_of_another(counterpart):
    """Two documents with the same credentials on one worker; the second one may call the peer only."""
    with Counterpart() as elsewhere:
        authority = Authority(elsewhere)
        counterpart.replies["/guarded"] = elsewhere.replies["/guarded"]
        given = guarded(counterpart, oauth2(elsewhere))
        peer = counterpart.origin.removeprefix("http://")
        rules = (
            Rule(documents=("one",), kinds=("*",), hosts=("127.0.0.1",)),
            Rule(documents=("other",), kinds=("*",), hosts=(peer,)),
        )
        with pytest.raises(ApplicationError) as caught:
            calls(given | {"document": "one"}, given | {"document": "other"}, settings=Settings(policy=Policy(rules)))
    problem = caught.value.details[0]
    assert (problem["type"].rpartition("/")[2], problem["status"]) == ("authorization", 403)
    assert (len(authority.asked), len(counterpart.to("/guarded"))) == (1, 1)


def test_credentials_that_are_refused(counterpart, authority):
    authority.refusal = Reply.json({"error": "invalid_client", "error_description": f"unknown: {SECRET}"}, 401)
    assert "401 Unauthorized: invalid_client: unknown: ***" in trouble(counterpart, oauth2(counterpart))


@pytest.mark.parametrize(
    "policy",
    [
        {"client": {"id": CLIENT, "secret": SECRET, "authentication": "client_secret_basic"}},
        {"client": {"id": CLIENT, "secret": SECRET, "authentication": "client_secret_jwt"}},
        {"grant": "password", "username": "ada", "password": "hunter2"},
        {"grant": EXCHANGE, "subject": {"token": "an-opaque-subject", "type": ACCESS}},
        {"grant": "refresh_token", "subject": {"token": "an-opaque-subject", "type": ACCESS}},
        {"request": {"encoding": "application/json"}},
    ],
)
def test_an_authority_that_quotes_what_it_got_tells_nobody(counterpart, authority, policy):
    def quoting(received):
        return Reply.text(f"{received.headers.get('authorization')} {received.body.decode()}", 500)

    counterpart.replies["/oauth2/token"] = quoting
    detail = trouble(counterpart, oauth2(counterpart, **policy))
    assert "500 Internal Server Error" in detail
    quoted = counterpart.to("/oauth2/token")[0]
    basic = quoted.headers.get("authorization", "Basic -").split()[1]
    assertion = quoted.body.decode().partition("client_assertion=")[2].partition("&")[0] or "-"
    assert {basic, assertion} & set(detail.replace("&", " ").replace("=", " ").split()) <= {"-"}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply.json({"token_type": "bearer"}), "without an 'access_token'"),
        (Reply.json({"access_token": 5}), "without an 'access_token'"),
        (Reply.json({"access_token": "a\r\nX: 1"}), "without an 'access_token'"),
        (Reply.json({"access_token": ""}), "without an 'access_token'"),
        (Reply.json({"access_token": "hunter2", "token_type": "DPoP"}), "of a type that cannot be used"),
        (Reply.json(["hunter2"]), "something else than a JSON object"),
        (Reply.text("hunter2"), "something else than a JSON object"),
        (Reply(200), "something else than a JSON object"),
        (Reply(302, headers={"Location": "/elsewhere"}), "302 Found"),
        (Reply(raw=b"this is not HTTP\r\n\r\n"), "did not speak HTTP"),
    ],
)
def test_garbage_is_no_token(counterpart, authority, reply, said):
    counterpart.replies["/oauth2/token"] = reply
    assert said in trouble(counterpart, oauth2(counterpart))


def test_an_authority_that_is_down(counterpart, unused_port):
    detail = trouble(counterpart, oauth2(counterpart, authority=f"http://127.0.0.1:{unused_port}"))
    assert f"POST http://127.0.0.1:{unused_port}/oauth2/token" in detail
    assert "GET http://127.0.0.1" in trouble(counterpart, oidc(counterpart, authority=f"http://127.0.0.1:{unused_port}"))


@pytest.mark.parametrize("authority", ["not an address", "ftp://a.example", "file:///etc/passwd"])
def test_an_authority_that_is_no_address(counterpart, authority):
    found = problem(CALL_HTTP, guarded(counterpart, oauth2(counterpart, authority=authority)))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("configuration", 400)
    assert "no absolute http or https URI" in found["detail"]


@pytest.mark.parametrize(
    ("described", "said"),
    [
        (Reply.json({"issuer": "https://evil.example", "token_endpoint": "https://evil.example/token"}), "another issuer"),
        (Reply.json({"token_endpoint": "https://evil.example/token"}), "another issuer"),
        (Reply.json({"issuer": "x"}), "no token endpoint"),
        (Reply.json({"issuer": "x", "token_endpoint": "javascript:x"}), "no token endpoint"),
        (Reply.json([1]), "something else"),
        (Reply.text("what?", 404), "404 Not Found"),
    ],
)
def test_a_discovery_that_is_not_to_be_trusted(counterpart, authority, described, said):
    counterpart.replies["/oidc/.well-known/openid-configuration"] = described
    assert said in trouble(counterpart, oidc(counterpart))
    assert authority.asked == []


def test_a_token_of_an_issuer_that_is_allowed(counterpart, authority):
    authority.answer = {"access_token": jwt(iss="https://b.example")}
    assert call(counterpart, oauth2(counterpart, issuers=["https://a.example", "https://b.example"]))["opened"]


@pytest.mark.parametrize("token", [jwt(iss="https://evil.example"), jwt(), "a.b.c", "e30.W10.x"])
def test_a_token_of_another_issuer(counterpart, authority, token):
    authority.answer = {"access_token": token}
    assert "of another issuer" in trouble(counterpart, oauth2(counterpart, issuers=["https://a.example"]))


def test_of_a_token_that_only_its_authority_reads_the_authority_is_asked(counterpart, authority):
    assert call(counterpart, oauth2(counterpart, issuers=[f"{counterpart.origin}/opaque"]))["opened"]
    (introspected,) = counterpart.to("/oauth2/introspect")
    assert b"token=token-1" in introspected.body
    assert b"client_secret=" in introspected.body


async def asked_and_cancelled(counterpart, authority):
    counterpart.replies["/oauth2/token"] = lambda _: (counterpart.hold("token"), Reply.json({"access_token": "late"}))[1]
    work = asyncio.create_task(performed(CALL_HTTP, guarded(counterpart, oauth2(counterpart))))
    await asyncio.to_thread(counterpart.held, "token")
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    counterpart.release("token")


def test_a_call_that_waits_for_its_token_can_be_cancelled(counterpart, authority):
    asyncio.run(asked_and_cancelled(counterpart, authority))
    assert counterpart.to("/guarded") == []
