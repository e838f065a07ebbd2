from __future__ import annotations

import asyncio

import pytest

from activities.secrets.folder import Folder
from interpreter.faults import Fault


def find(path, name):
    return asyncio.run(Folder(path).find(name))


def trouble(path, name):
    with pytest.raises(Fault) as caught:
        find(path, name)
    return caught.value.problem.type.rpartition("/")[2], caught.value.problem.detail


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b"two\n\n", "two\n"),
        (b"", ""),
        (b'{"token": "t", "n": 1}', {"token": "t", "n": 1}),
        (b"[1]", "[1]"),
    ],
)
def test_a_file_is_a_secret(tmp_path, content, expected):
    (tmp_path / "site").write_bytes(content)
    assert find(tmp_path, "site") == expected


def test_a_folder_is_a_secret_with_members(tmp_path):
    """As Kubernetes mounts one: members are links into a folder that is replaced as a whole."""
    now = tmp_path / "site" / "..2026_01_01"
    now.mkdir(parents=True)
    (now / "username").write_text("ada")
    (now / "tls.key").write_text("KEY\n")
    (tmp_path / "site" / "..data").symlink_to(now.name)
    for member in ("username", "tls.key"):
        (tmp_path / "site" / member).symlink_to(f"..data/{member}")
    (tmp_path / "site" / "deeper").mkdir()
    assert find(tmp_path, "site") == {"username": "ada", "tls.key": "KEY"}


def test_a_changed_secret_is_found_at_once(tmp_path):
    folder = Folder(tmp_path)
    for content in ("one", "two"):
        (tmp_path / "site").write_text(content)
        assert asyncio.run(folder.find("site")) == content


@pytest.mark.parametrize("name", ["site", "", ".", "..", ".hidden", "../outside", "inner/file", "a\0b", "SITE"])
def test_other_names_are_not_there(tmp_path, name):
    (tmp_path / "outside").write_text("no")
    inside = tmp_path / "inside"
    (inside / "inner").mkdir(parents=True)
    (inside / "inner" / "file").write_text("no")
    (inside / ".hidden").write_text("no")
    assert find(inside, name) is None


def test_a_folder_that_is_gone_is_told(tmp_path):
    kind, detail = trouble(tmp_path / "gone", "site")
    assert kind == "configuration"
    assert "cannot read the secret 'site'" in detail


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "site").symlink_to("site")
    assert trouble(tmp_path, "site")[0] == "configuration"


@pytest.mark.parametrize(("content", "said"), [(b"\xff\xfe", "no text in UTF-8"), (b"x" * 1_048_577, "larger than 1048576 bytes")])
def test_what_is_no_secret_is_told_without_its_content(tmp_path, content, said):
    (tmp_path / "site").write_bytes(content)
    kind, detail = trouble(tmp_path, "site")
    assert kind == "configuration"
    assert said in detail
    assert "xx" not in detail
