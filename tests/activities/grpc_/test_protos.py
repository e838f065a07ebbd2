from __future__ import annotations

import asyncio
import subprocess

import pytest

from activities.grpc_ import protos
from activities.grpc_.protos import KEPT_PROTOS, Protos, Sources
from interpreter.faults import Fault
from tests.activities.grpc_.greeting import PROTO

pytestmark = pytest.mark.anyio


@pytest.fixture
def compilations(monkeypatch):
    """How often a compiler was started."""
    started = []
    run = subprocess.run
    monkeypatch.setattr(protos.subprocess, "run", lambda *args, **more: started.append(args) or run(*args, **more))
    return started


def only(text):
    return Sources("only.proto", text)


async def fault_of(text):
    with pytest.raises(Fault) as raised:
        await Protos().compiled(only(text))
    return raised.value.problem


async def test_calls_that_come_together_wait_for_one_compilation(compilations):
    compiled = Protos()
    first, second = await asyncio.gather(compiled.compiled(only(PROTO)), compiled.compiled(only(PROTO)))
    assert first is second is await compiled.compiled(only(PROTO))
    assert len(compilations) == 1


async def test_who_is_cancelled_leaves_it_to_the_others(compilations):
    compiled = Protos()
    waiting = [asyncio.create_task(compiled.compiled(only(PROTO))) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert (await waiting[1]).method("greet.Greeter", "Greet").name == "Greet"
    assert len(compilations) == 1


async def test_the_latest_documents_are_kept(monkeypatch):
    made = []
    monkeypatch.setattr(protos, "_compile", lambda sources: made.append(sources.text) or sources)
    compiled = Protos()
    for text in ["first", *map(str, range(KEPT_PROTOS - 1)), "first", "one more", "first", "0"]:
        await compiled.compiled(only(text))
    assert (made.count("first"), made.count("0")) == (1, 2)


async def test_a_failure_is_told_with_the_compilers_words_and_not_kept(compilations):
    compiled = Protos()
    for _ in range(2):
        with pytest.raises(Fault) as raised:
            await compiled.compiled(only('syntax = "proto3";\nmessage { }'))
        assert "only.proto:2:9: Expected message name" in raised.value.problem.detail
        assert raised.value.problem.status == 400
    assert len(compilations) == 2


IMPORTS = {"a/person.proto": 'syntax = "proto3"; package a; message Person { string name = 1; }', "unused.proto": ""}
FIRST = 'syntax = "proto3"; package p; import "a/person.proto"; service S { rpc R(a.Person) returns (a.Person); }'


async def test_other_files_are_imported():
    proto = await Protos().compiled(Sources("p.proto", FIRST, IMPORTS))
    assert proto.method("p.S", "R").input_type.full_name == "a.Person"


async def test_the_same_file_with_other_imports_is_another_document(compilations):
    compiled = Protos()
    other = {"a/person.proto": IMPORTS["a/person.proto"].replace("name", "nickname")}
    protos = [await compiled.compiled(Sources("p.proto", FIRST, imports)) for imports in (IMPORTS, other, IMPORTS)]
    assert [list(proto.method("p.S", "R").input_type.fields_by_name) for proto in protos] == [["name"], ["nickname"], ["name"]]
    assert len(compilations) == 2


@pytest.mark.parametrize(
    ("imports", "said"),
    [
        ({"a/person.proto": 'import "p.proto";'}, "File recursively imports itself: p.proto -> a/person.proto -> p.proto"),
        ({"a/person.proto": "message {"}, "a/person.proto:1:9: Expected message name"),
        ({"a/person.proto": "", "a": ""}, "the proto files cannot be laid out beside each other: 'a': Is a directory"),
    ],
)
async def test_what_is_wrong_with_an_import_is_told_with_its_name(imports, said):
    with pytest.raises(Fault) as raised:
        await Protos().compiled(Sources("p.proto", FIRST, imports))
    assert said in raised.value.problem.detail
    assert raised.value.problem.type.endswith("configuration")


async def test_other_documents_cannot_be_imported():
    problem = await fault_of('syntax = "proto3";\nimport "/etc/passwd";\nimport "other.proto";')
    assert "other.proto" in problem.detail
    assert "root:" not in problem.detail


@pytest.mark.parametrize("text", ["", "\x00", "no proto at all", "message " * 10_000])
async def test_what_is_no_proto_is_a_configuration_error(text):
    if text:
        assert (await fault_of(text)).type.endswith("configuration")
    else:
        compiled = await Protos().compiled(only(text))
        with pytest.raises(Fault, match="Configuration"):
            compiled.method("a.B", "C")


async def test_a_compiler_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(protos, "_SECONDS", 0)
    assert "longer than" in (await fault_of(PROTO)).detail


async def test_two_documents_may_give_one_name_to_different_messages():
    compiled = Protos()
    text = 'syntax = "proto3"; package p; message M {{ {} }} service S {{ rpc R(M) returns (M); }}'
    one, other = [await compiled.compiled(only(text.format(field))) for field in ("string a = 1;", "int32 b = 1;")]
    assert [list(proto.method("p.S", "R").input_type.fields_by_name) for proto in (one, other)] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("service", "method", "said"),
    [
        ("greet.Absent", "Greet", "it has greet.Greeter, greet.Other"),
        ("greet.Greeter", "Absent", "it has Chat, Collect, Count"),
        ("Greeter", "Greet", "no service 'Greeter'"),
    ],
)
async def test_what_is_not_there_is_told_with_what_is(service, method, said):
    compiled = await Protos().compiled(only(PROTO))
    with pytest.raises(Fault) as raised:
        compiled.method(service, method)
    assert said in raised.value.problem.detail
