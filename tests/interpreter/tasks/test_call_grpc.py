from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import failing, fault_of, flow

PROTO = "proto: {endpoint: 'https://example.com/greet.proto'}"
SERVICE = "service: {name: greet.Greeter, host: example.com}"
LEAST = f"{PROTO}, {SERVICE}, method: Greet"


def ran(arguments: str, input=..., task: str = "", resources=None, **root):
    return World({"a": {"text": "hi"}}, resources=resources).run(flow(f"[a: {{call: grpc, with: {{{arguments}}}{task}}}]", **root), input)


def sent(arguments: str, input=..., task: str = "", **more):
    found = ran(arguments, input, task, **more)
    assert found.completed, found.problem
    (started,) = found.started
    assert started.kind == "call.grpc"
    return started.arguments


def test_the_least_one_can_say():
    assert sent(LEAST)["with"] == {
        "document": {"uri": "https://example.com/greet.proto"},
        "service": {"name": "greet.Greeter", "host": "example.com"},
        "method": "Greet",
    }


def test_everything_is_filled_in_from_the_transformed_input():
    arguments = """
      proto: {endpoint: 'https://example.com/{version}/greet.proto'}, service: {name: '${ .package }.Greeter', host: example.com, port: 5011},
      method: '${ .method }', arguments: {name: '${ .user.name }', list: [1, '${ .n }']}
    """
    assert sent(arguments, {"version": "v 1", "package": "greet", "method": "Greet", "user": {"name": "Ada"}, "n": 7})["with"] == {
        "document": {"uri": "https://example.com/v%201/greet.proto"},
        "service": {"name": "greet.Greeter", "host": "example.com", "port": 5011},
        "method": "Greet",
        "arguments": {"name": "Ada", "list": [1, 7]},
    }


def test_a_list_of_messages_goes_along_as_it_is():
    assert sent(f"{LEAST}, arguments: [{{name: Ada}}, {{name: '${{ .name }}'}}]", {"name": "Grace"})["with"]["arguments"] == [
        {"name": "Ada"},
        {"name": "Grace"},
    ]


def test_a_proto_that_the_run_carries_goes_along():
    found = sent(LEAST, resources={"https://example.com/greet.proto": "syntax = …"})
    assert found["with"]["document"] == {"uri": "https://example.com/greet.proto", "content": "syntax = …"}


def test_what_a_carried_proto_imports_goes_along_as_far_as_the_run_carries_it():
    resources = {
        "file://p/greet.proto": 'import "a/person.proto"; import "google/protobuf/any.proto"; import "not/there.proto";',
        "file://p/a/person.proto": 'import "mood.proto";',
        "file://p/mood.proto": "enum …",
        "file://p/other.proto": "message …",
    }
    found = sent(LEAST.replace("https://example.com/", "file://p/"), resources=resources)
    assert found["with"]["document"]["imports"] == {"a/person.proto": 'import "mood.proto";', "mood.proto": "enum …"}


def test_secrets_stay_outside_wherever_they_are_named():
    arguments = """
      proto: {endpoint: {uri: 'https://example.com/${ $secrets.folder }', authentication: {bearer: {use: token}}}},
      service: {name: '${ $secrets.name }', host: example.com, authentication: {basic: {username: '${ .user }', password: '${ $secrets.token }'}}},
      method: Greet, arguments: {key: '${ $secrets.token }'}
    """
    hints = ", metadata: {swtemporal: {grpc: {metadata: {x-key: '${ $secrets.token }'}}}}"
    found = sent(arguments, {"user": "ada"}, hints, use="{secrets: [token, folder, name]}")
    assert found["with"]["authentication"] == {"basic": {"username": "ada", "password": "${ $secrets.token }"}}
    assert found["with"]["document"]["authentication"] == {"bearer": {"use": "token"}}
    assert sorted(found["deferred"]) == [
        "/arguments/key",
        "/authentication/basic/password",
        "/document/uri",
        "/metadata/x-key",
        "/service/name",
    ]
    assert found["secrets"] == ["token", "folder", "name"]


def test_a_document_that_is_guarded_by_a_secret_names_the_secrets_that_may_be_read():
    arguments = (
        f"proto: {{endpoint: {{uri: 'https://example.com/x', authentication: {{bearer: {{use: token}}}}}}}}, {SERVICE}, method: Greet"
    )
    assert sent(arguments, use="{secrets: [token]}")["secrets"] == ["token"]


def test_authentication_by_name():
    arguments = f"{PROTO}, service: {{name: S, host: h, authentication: {{use: mine}}}}, method: M"
    assert sent(arguments, use="{authentications: {mine: {bearer: {token: t}}}}")["with"]["authentication"] == {"bearer": {"token": "t"}}
    assert fault_of(ran(arguments))[:2] == ("configuration", 400)


def test_hints_for_what_the_language_has_no_word_for():
    hints = ", metadata: {swtemporal: {grpc: {tls: true, metadata: {x-team: '${ .team }'}}}}"
    found = sent(LEAST, {"team": "blue"}, hints)["with"]
    assert (found["tls"], found["metadata"]) == (True, {"x-team": "blue"})


@pytest.mark.parametrize("hints", ["true", "{tls: 'yes'}", "{other: 1}", "[]"])
def test_hints_that_are_none(hints):
    assert fault_of(ran(LEAST, task=f", metadata: {{swtemporal: {{grpc: {hints}}}}}")) == ("configuration", 400, "/do/0/a")


def test_the_summary_names_the_method_and_the_host_as_the_document_does():
    seen = []
    World({"a": lambda effect: seen.append(effect.summary) or {}}).run(flow(f"[a: {{call: grpc, with: {{{LEAST}}}}}]"))
    assert seen == ["a · greet.Greeter/Greet at example.com"]


def test_the_output_is_what_the_activity_gives():
    assert ran(LEAST).output == {"text": "hi"}


def test_a_host_is_never_taken_for_an_expression():
    assert sent(LEAST, {"example": {"com": "other"}}, evaluate="{mode: loose}")["with"]["service"]["host"] == "example.com"


def test_the_retry_of_a_try_around_it_is_handed_to_the_activity():
    retry = "{delay: PT1S, limit: {attempt: {count: 2}}}"
    text = f"[t: {{try: [a: {{call: grpc, with: {{{LEAST}}}}}], catch: {{retry: {retry}}}}}]"
    found = World({"a": [failing("communication", 503), {"ok": True}]}).run(flow(text))
    assert found.output == {"ok": True}
    assert [one.arguments["retry"]["delay"] for one in found.started] == [1_000, 1_000]
