from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from cli.bundle import bundle, check_size, hashes_of
from cli.exits import Code, Stop
from interpreter.document.definition import Definition
from interpreter.document.load import load


def definition(name: str, body: str = "do: [{a: {set: {x: 1}}}]") -> Definition:
    found = load(f"document: {{dsl: 1.0.3, namespace: test, name: {name}, version: 1.0.0}}\n{body}").definition
    assert found is not None
    return found


def with_schema(uri: str) -> Definition:
    return definition("schema", f"input: {{schema: {{resource: {{endpoint: '{uri}'}}}}}}\ndo: [{{a: {{set: {{x: 1}}}}}}]")


@pytest.mark.parametrize("uri", ["file://schemas/a.json", "file://schemas/../schemas/a.json", "file://schemas/%61.json"])
def test_a_file_beneath_the_folder_travels_under_its_uri(uri: str, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "a.json").write_text('{"a": 1}')

    assert bundle(with_schema(uri), [], tmp_path).resources == {uri: '{"a": 1}'}


def test_an_absolute_file_must_lie_beneath_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for folder in (tmp_path, tmp_path / "in"):
        (folder / "a.json").write_text("{}")
    uri = f"file://{tmp_path}/in/a.json"

    assert bundle(with_schema(uri), [], tmp_path / "in").resources == {uri: "{}"}
    with pytest.raises(Stop, match="lies outside the folder"):
        bundle(with_schema(f"file://{tmp_path}/a.json"), [], tmp_path / "in")


def test_a_link_that_leads_out_of_the_folder_is_outside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "in" / "a.json").symlink_to(tmp_path / "secret.json")

    with pytest.raises(Stop, match="lies outside the folder"):
        bundle(with_schema("file://a.json"), [], tmp_path / "in")


def with_proto(uri: str) -> Definition:
    service = "service: {name: greet.Greeter, host: localhost}, method: Greet"
    return definition("grpc", f"do: [{{greet: {{call: grpc, with: {{proto: {{endpoint: '{uri}'}}, {service}}}}}}}]")


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / f"{name.replace('_', '/')}.proto"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_what_a_proto_file_imports_travels_too(tmp_path: Path) -> None:
    written(tmp_path, p_greet='import "a/person.proto";', p_a_person='import "mood.proto"; import "google/protobuf/any.proto";', p_mood="")

    assert bundle(with_proto("file://p/greet.proto"), [], tmp_path).resources == {
        "file://p/greet.proto": 'import "a/person.proto";',
        "file://p/a/person.proto": 'import "mood.proto"; import "google/protobuf/any.proto";',
        "file://p/mood.proto": "",
    }
    assert bundle(with_proto("https://example.com/greet.proto"), [], tmp_path).resources == {}


def test_an_import_that_is_not_there_is_told_with_who_wants_it(tmp_path: Path) -> None:
    written(tmp_path, greet='import "a.proto";', a='import "b/b.proto";')

    with pytest.raises(
        Stop, match=r"test/grpc:1.0.0 \(at /do/0/greet\) needs 'a.proto', which imports 'b/b.proto', which cannot be read"
    ) as stopped:
        bundle(with_proto("file://greet.proto"), [], tmp_path)
    assert stopped.value.code is Code.INVALID


def test_an_import_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in" / "p").mkdir(parents=True)
    written(tmp_path, secret="")
    written(tmp_path / "in", p_greet='import "../mine.proto";', mine="", p_linked='import "link.proto";')
    (tmp_path / "in" / "p" / "link.proto").symlink_to(tmp_path / "secret.proto")

    with pytest.raises(Stop, match=r"names 'file://p/greet.proto': 'greet.proto' imports '../mine.proto', which is no plain path"):
        bundle(with_proto("file://p/greet.proto"), [], tmp_path / "in")
    with pytest.raises(Stop, match=r"imports 'link.proto', which lies outside the folder of the document"):
        bundle(with_proto("file://p/linked.proto"), [], tmp_path / "in")


def test_other_resources_are_left_to_the_run(tmp_path: Path) -> None:
    assert bundle(with_schema("https://example.com/a.json"), [], tmp_path).resources == {}


def test_what_nothing_runs_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle(definition("a"), [definition("b")], tmp_path)

    assert capsys.readouterr().err == "warning: test/b:1.0.0 was given with --with, but nothing runs it\n"


def test_more_than_a_run_can_carry_is_refused(tmp_path: Path) -> None:
    envelope = bundle(definition("a"), [], tmp_path)
    check_size(envelope, "x" * 1_000_000)

    with pytest.raises(Stop, match="are more than the 1,750,000 bytes that a run can carry") as stopped:
        check_size(envelope, "x" * 2_000_000)
    assert stopped.value.code is Code.USAGE


def test_what_a_run_would_carry_is_named_by_hash_as_the_document_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    functions = {"catalog:mine/functions/f/1.0.0/function.yaml": "set: {a: 1}"}

    assert hashes_of(with_schema("file://a.json"), tmp_path, functions) == {
        sha256(b'{"set":{"a":1}}').hexdigest(): "f:1.0.0@mine",
        placed("{}", "file://a.json"): "carries file://a.json",
        placed("set: {a: 1}", *functions): "carries f:1.0.0@mine",
    }


def placed(text: str, uri: str) -> str:
    """As the line that `sha256sum` prints, with one blank."""
    return sha256(f"{sha256(text.encode()).hexdigest()} {uri}".encode()).hexdigest()


def test_more_files_than_a_run_can_carry_are_refused(tmp_path: Path) -> None:
    envelope = bundle(definition("a"), [], tmp_path)
    check_size(replace(envelope, resources={f"file://{at}": "" for at in range(400)}), None)

    with pytest.raises(Stop, match="at most 400 texts beside its document, not 401") as stopped:
        check_size(replace(envelope, resources={f"file://{at}": "" for at in range(401)}), None)
    assert stopped.value.code is Code.USAGE
