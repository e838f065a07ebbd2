"""Tokens of an OpenID Connect provider that others wrote."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from interpreter.effects import CALL_HTTP
from tests.activities import performing
from tests.counterparts.oidc_provider import METHODS, SECRET, USERS, Running, lacking, provider
from tests.settings import Settings

pytestmark = [
    pytest.mark.counterpart,
    pytest.mark.skipif(lacking() is not None, reason=lacking() or ""),
]

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with provider(tmp_path_factory.mktemp("oidc")) as found:
        yield found


def given(running: Running, policy: dict[str, Any], **more: Any) -> dict[str, Any]:
    with_ = {"method": "get", "uri": f"{running.origin}/resource", "output": "content", "redirect": False, "authentication": policy}
    return performing.arguments(with_ | more)


def oidc(running: Running, method: str, grant: str = "client_credentials", **more: Any) -> dict[str, Any]:
    return {"oidc": {"authority": running.origin, "grant": grant, "client": running.clients[method], **more}}


def call(running: Running, policy: dict[str, Any]) -> Any:
    return performing.perform(CALL_HTTP, given(running, policy))


def password(running: Running, method: str) -> dict[str, Any]:
    return oidc(running, method, "password", username="ada", password=USERS["ada"])


@pytest.mark.parametrize("method", METHODS)
def test_a_client_has_a_token_of_its_own(running: Running, method: str) -> None:
    assert call(running, oidc(running, method, scopes=["read", "write"])) == {"client": f"by_{method}", "user": None, "scope": "read write"}


@pytest.mark.parametrize("method", METHODS)
def test_the_same_without_discovery(running: Running, method: str) -> None:
    policy = oidc(running, method)["oidc"] | {"endpoints": {"token": "/token"}}
    assert call(running, {"oauth2": policy})["client"] == f"by_{method}"


@pytest.mark.parametrize("method", [*METHODS, "none"])
def test_a_users_password(running: Running, method: str) -> None:
    assert call(running, password(running, method))["user"] == "ada"


@pytest.mark.parametrize("method", [*METHODS, "none"])
def test_a_token_for_a_token(running: Running, method: str) -> None:
    subject = running.minted("by_none")["access"]
    policy = oidc(running, method, EXCHANGE, subject={"token": subject, "type": ACCESS}, scopes=["read"])
    assert call(running, policy) == {"client": f"by_{method}", "user": "ada", "scope": "read"}


@pytest.mark.parametrize("method", [*METHODS, "none"])
def test_a_refresh_token_that_is_good_for_once(running: Running, method: str) -> None:
    """The second token is asked for with the refresh token that came with the first."""
    minted = running.minted(f"by_{method}")["refresh"]
    policy = oidc(running, method, "refresh_token", subject={"token": minted, "type": "urn:ietf:params:oauth:token-type:refresh_token"})
    found = asyncio.run(_calls(running, policy, policy))
    assert [one["user"] for one in found] == ["ada", "ada"]


def test_a_token_that_was_withdrawn_is_renewed(running: Running) -> None:
    policy = oidc(running, "client_secret_basic", scopes=["write"])
    assert [one["scope"] for one in asyncio.run(_calls(running, policy, policy))] == ["write", "write"]


def test_the_provider_is_the_issuer_of_its_tokens(running: Running) -> None:
    policy = oidc(running, "client_secret_post", issuers=[running.origin], scopes=["read"])
    assert call(running, policy)["scope"] == "read"
    assert "another issuer" in trouble(running, oidc(running, "client_secret_post", issuers=["https://other.example"]))


@pytest.mark.parametrize(
    "policy",
    [
        *({"client": {"id": f"by_{method}", "secret": "wrong" + SECRET, "authentication": method}} for method in METHODS[:3]),
        {"client": {"id": "nobody", "secret": SECRET}},
        {"client": {"id": "by_private_key_jwt", "assertion": "e30.e30.c2ln", "authentication": "private_key_jwt"}},
        {"grant": "password", "username": "ada", "password": "wrong" + USERS["ada"]},
        {"grant": EXCHANGE, "subject": {"token": "wrong-subject-0123456789", "type": ACCESS}},
        {"grant": "refresh_token", "subject": {"token": "wrong-subject-0123456789", "type": ACCESS}},
    ],
    ids=itertools.count(),
)
def test_wrong_credentials_are_no_token(running: Running, policy: dict[str, Any]) -> None:
    found = trouble(running, {"oidc": oidc(running, "client_secret_post")["oidc"] | policy})
    assert re.search(r"40[01] [A-Z][A-Za-z ]+: invalid_(client|grant|scope)", found)


def trouble(running: Running, policy: dict[str, Any]) -> str:
    found = performing.problem(CALL_HTTP, given(running, policy))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("authentication", 401)
    for secret in (SECRET, USERS["ada"], "wrong-subject"):
        assert secret not in found["detail"]
    return str(found["detail"])


async def _calls(running: Running, *policies: dict[str, Any]) -> list[Any]:
    """What calls on one worker give; after each, its token is withdrawn."""
    found = []
    async with performing.assembled(Settings(), performing.Paths()) as activities:
        run = {one.__temporal_activity_definition.name: one for one in activities}[CALL_HTTP]  # type: ignore[attr-defined]
        for policy in policies:
            found.append(await performing.environment(activity_type=CALL_HTTP).run(run, given(running, policy)))
            await asyncio.to_thread(running.withdraw)
    return found
