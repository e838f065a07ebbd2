from __future__ import annotations

import asyncio

import pytest

from activities.http.client import Http
from activities.secrets.vault import Address, Vault
from interpreter.effects import READ_SECRETS
from interpreter.faults import Fault
from tests.activities.performing import arguments, perform, problem
from tests.canaries import canary
from tests.counterparts import Reply
from tests.settings import Settings

KEY = canary("in vault")


def entry(**members):
    return Reply.json({"data": {"data": members, "metadata": {"version": 3}}})


def guarded(token, reply):
    return lambda received: reply if received.headers.get("x-vault-token") == token else Reply.json({"errors": ["permission denied"]}, 403)


@pytest.fixture
def store(counterpart):
    counterpart.replies["/v1/secret/data/site"] = guarded("hunter2", entry(username="ada", password="pw"))
    counterpart.replies["/v1/secret/data/key"] = guarded("hunter2", entry(value=KEY))
    return counterpart


def find(counterpart, *names, **address):
    async def whole():
        async with Http.opened({}) as http:
            vault = Vault(Address(**({"url": counterpart.origin, "token": "hunter2"} | address)), http)
            return [await vault.find(name) for name in names]

    return asyncio.run(whole())


def trouble(counterpart, name="site", **address):
    with pytest.raises(Fault) as caught:
        find(counterpart, name, **address)
    found = caught.value.problem
    assert "hunter2" not in found.detail
    return found.type.rpartition("/")[2], found.status, found.detail


def test_an_entry_is_a_secret(store):
    assert find(store, "site", "key") == [{"username": "ada", "password": "pw"}, KEY]


def test_what_is_not_there_is_asked_for_again(store):
    store.replies["/v1/secret/data/new"] = Reply.json({"errors": []}, 404)
    assert find(store, "new", "new") == [None, None]
    assert len(store.to("/v1/secret/data/new")) == 2


def test_a_deleted_version_is_not_there(store):
    store.replies["/v1/secret/data/old"] = Reply.json({"data": {"data": None, "metadata": {"deletion_time": "2026"}}}, 404)
    assert find(store, "old") == [None]


def test_a_secret_is_kept_for_a_while(store):
    find(store, "site", "site", "site")
    assert len(store.received) == 1


def test_mount_path_and_namespace_say_where(counterpart):
    counterpart.replies["/v1/kv/own/data/team%20a/flows/site"] = guarded("hunter2", entry(value="x"))
    assert find(counterpart, "site", mount="kv/own", path="team a/flows/", namespace="n") == ["x"]
    assert counterpart.received[0].headers["x-vault-namespace"] == "n"


@pytest.mark.parametrize("name", ["..", "../sys/health", "a/../b", "", "a//b", "."])
def test_no_name_leads_elsewhere(counterpart, name):
    assert find(counterpart, name) == [None]
    assert counterpart.received == []


def test_a_token_in_a_file_is_read_anew(store, tmp_path):
    (tmp_path / "token").write_text("hunter2\n")
    assert find(store, "key", token=None, token_file=tmp_path / "token") == [KEY]
    assert trouble(store, "key", token=None, token_file=tmp_path / "none")[0] == "configuration"


def test_a_role_of_kubernetes_logs_in_once(store, tmp_path):
    (tmp_path / "jwt").write_text("service-account")
    store.replies["/v1/auth/k8s/login"] = lambda received: (
        Reply.json({"auth": {"client_token": "hunter2", "lease_duration": 3600}})
        if received.json() == {"role": "flows", "jwt": "service-account"}
        else Reply.json({"errors": ["invalid role"]}, 400)
    )
    known = {"token": None, "login": "k8s", "jwt_file": tmp_path / "jwt"}
    assert find(store, "site", "key", role="flows", **known)[1] == KEY
    assert len(store.to("/v1/auth/k8s/login")) == 1
    assert trouble(store, role="other", **known)[:2] == ("authorization", 403)


def test_a_login_that_has_ended_is_renewed(store, tmp_path):
    (tmp_path / "jwt").write_text("j")
    tokens = iter(["withdrawn", "hunter2"])
    store.replies["/v1/auth/kubernetes/login"] = lambda _: Reply.json({"auth": {"client_token": next(tokens), "lease_duration": 3600}})
    assert find(store, "key", token=None, role="flows", jwt_file=tmp_path / "jwt") == [KEY]


def test_a_token_that_is_refused(store):
    kind, status, detail = trouble(store, token="wrong-token")
    assert (kind, status) == ("authorization", 403)
    assert "permission denied" in detail
    assert "wrong-token" not in detail


@pytest.mark.parametrize(
    ("reply", "status", "said"),
    [
        (Reply.json({"errors": ["Vault is sealed"]}, 503), 503, "Vault is sealed"),
        (Reply.json({"errors": ["no handler for route"]}, 404), 404, "no handler for route"),
        (Reply.text("<html>", 200), 500, "is not"),
        (Reply.json({"data": {"value": "hunter2"}}), 500, "no entry of a key/value engine of version 2"),
        (Reply.json([1]), 500, "no entry"),
        (Reply(raw=b"nonsense\r\n\r\n"), 500, "did not speak HTTP"),
    ],
)
def test_a_vault_that_cannot_answer_is_no_missing_secret(counterpart, reply, status, said):
    counterpart.replies["/v1/secret/data/site"] = reply
    kind, found, detail = trouble(counterpart)
    assert (kind, found) == ("communication", status)
    assert said in detail


def test_a_vault_that_is_down(counterpart, unused_port):
    kind, _, detail = trouble(counterpart, url=f"http://127.0.0.1:{unused_port}")
    assert kind == "communication"
    assert "(Vault)" in detail


def test_a_worker_reads_only_what_is_declared(store):
    settings = Settings(secrets=[Address(url=store.origin, token="hunter2")])
    given = arguments({"names": ["key"]}, secrets=["key"])
    assert perform(READ_SECRETS, given, settings) == {"key": KEY}
    found = problem(READ_SECRETS, arguments({"names": ["site"]}, secrets=["key"]), settings)
    assert (found["status"], "not declared" in found["detail"]) == (403, True)
    assert len(store.received) == 1
