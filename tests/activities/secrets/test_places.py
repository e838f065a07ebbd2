from __future__ import annotations

from pathlib import Path

import pytest

from activities.secrets.environment import Environment
from activities.secrets.folder import Folder
from activities.secrets.places import parse, providers
from activities.secrets.vault import Address, Vault

TOKEN = {"VAULT_TOKEN": "hunter2"}


def test_the_environment_is_where_they_are_unless_told_otherwise():
    assert parse([], {}) == parse(["env"], {}) == ("env",)


def test_a_folder(tmp_path):
    assert parse([f"dir:{tmp_path}"], {}) == (tmp_path,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vault:https://vault:8200", Address(url="https://vault:8200", token="hunter2")),
        ("vault:https://vault:8200/base/#kv/own", Address(url="https://vault:8200/base", mount="kv/own", token="hunter2")),
        ("vault:http://vault?path=/a/b/&namespace=n", Address(url="http://vault", path="a/b/", namespace="n", token="hunter2")),
        (
            "vault:http://vault?role=r&login=k8s&jwt=/j&token=/t",
            Address(url="http://vault", token="hunter2", role="r", login="k8s", jwt_file=Path("/j"), token_file=Path("/t")),
        ),
    ],
)
def test_vault(text, expected):
    assert parse([text], TOKEN) == (expected,)


def test_vaults_own_variables_are_read():
    (found,) = parse(["vault:http://vault"], {**TOKEN, "VAULT_NAMESPACE": "n"})
    assert found.namespace == "n"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no place for secrets; write env, dir:PATH or vault:URL#MOUNT"),
        ("env:X", "no place for secrets"),
        ("file:/x", "no place for secrets"),
        ("dir:", "no place for secrets"),
        ("dir:/nowhere/at/all", "there is no folder '/nowhere/at/all'"),
        ("vault:", "no place for secrets"),
        ("vault:vault:8200", "Vault needs an address"),
        ("vault:https://me:pw@vault", "Vault needs an address"),
        ("vault:https://vault?rolle=x", "rolle is not known"),
    ],
)
def test_what_is_no_place(text, said):
    with pytest.raises(ValueError, match=r"place|folder|address|known") as caught:
        parse([text], TOKEN)
    assert said in str(caught.value)


def test_vault_needs_a_proof():
    with pytest.raises(ValueError, match="set VAULT_TOKEN, or add"):
        parse(["vault:https://vault"], {})


def test_each_place_has_its_reader(tmp_path):
    found = providers(parse(["env", f"dir:{tmp_path}", "vault:https://vault"], TOKEN), {}, None)
    assert [type(one) for one in found] == [Environment, Folder, Vault]
