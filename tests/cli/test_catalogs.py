from __future__ import annotations

from pathlib import Path

import pytest

from cli.catalogs import Collected, collect, folders
from cli.exits import Stop
from interpreter.document.definition import Definition
from interpreter.document.envelope import Envelope
from interpreter.document.load import load

GREET = "functions/greet/1.0.0/function.yaml"


def definition(tasks: str, endpoint: str | None = None) -> Definition:
    use = "" if endpoint is None else f"use: {{catalogs: {{mine: {{endpoint: '{endpoint}'}}}}}}\n"
    header = "document: {dsl: 1.0.3, namespace: test, name: test, version: 1.0.0}\n"
    found = load(f"{header}{use}do: {tasks}", "test.yaml", catalogs=["mine"]).definition
    assert found is not None
    return found


def write(folder: Path, text: str, path: str = GREET) -> None:
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(text)


def collected(one: Definition, beneath: Path, **given: Path) -> Collected:
    into = Collected()
    collect(one, "test.yaml", beneath, given, into)
    return into


CALL = "[a: {call: 'greet:1.0.0@mine'}]"


def test_a_folder_of_the_command_line(tmp_path: Path) -> None:
    write(tmp_path, "set: {a: 1}")
    found = collected(definition(CALL), tmp_path, mine=tmp_path)
    assert (found.texts, found.findings) == ({f"catalog:mine/{GREET}": "set: {a: 1}"}, [])


def test_a_folder_that_the_document_names_beneath_its_own(tmp_path: Path) -> None:
    write(tmp_path / "catalog", "set: {a: 1}")
    assert list(collected(definition(CALL, "file://catalog"), tmp_path).texts) == [f"catalog:mine/{GREET}"]
    outside = collected(definition(CALL, f"file://{tmp_path}/catalog"), tmp_path / "catalog" / "functions")
    assert [finding.code for finding in outside.findings] == ["unknown-catalog"]


def test_the_command_line_s_folder_stands_in_for_a_catalog_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, "set: {a: 1}")
    assert list(collected(definition(CALL, "https://example.com"), tmp_path, mine=tmp_path).texts) == [f"catalog:mine/{GREET}"]
    assert collected(definition(CALL, "https://example.com"), tmp_path).texts == {}


def test_a_link_that_leads_out_of_the_folder_is_no_function(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("set: {a: 1}")
    (tmp_path / "mine" / "functions" / "greet" / "1.0.0").mkdir(parents=True)
    (tmp_path / "mine" / GREET).symlink_to(tmp_path / "secret.yaml")
    found = collected(definition(CALL), tmp_path, mine=tmp_path / "mine")
    assert found.texts == {}
    assert "lies outside the folder" in found.findings[0].message


def test_functions_in_the_tasks_of_a_map_are_found(tmp_path: Path) -> None:
    write(tmp_path, "set: {a: 1}")
    one = definition("[a: {call: 'map:1.0.0@default', with: {items: [], each: 'greet:1.0.0@mine'}}]")
    assert list(collected(one, tmp_path, mine=tmp_path).texts) == [f"catalog:mine/{GREET}"]


def test_a_name_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="twice"):
        folders([f"mine={tmp_path}", f"mine={tmp_path}"])


def test_a_child_gets_the_functions_that_it_can_reach() -> None:
    one, other = definition("[a: {call: 'f:1.0.0@mine'}]"), definition("[a: {set: {x: 1}}]")
    carried = {
        f"catalog:mine/functions/{name}/1.0.0/function.yaml": text for name, text in (("f", "call: g:1.0.0@mine"), ("g", "{}"), ("h", "{}"))
    }
    envelope = Envelope(root=one.digest, documents={one.digest: one.text, other.digest: other.text}, resources=carried)
    assert [uri[23:24] for uri in envelope.reachable(one.digest).resources] == ["f", "g"]
    assert envelope.reachable(other.digest).resources == {}
