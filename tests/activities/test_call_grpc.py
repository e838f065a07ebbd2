from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from activities.grpc_ import exchange
from activities.policy import Policy, Rule
from interpreter.defaults import RESPONSE_BYTES
from interpreter.effects import CALL_GRPC
from tests.activities.grpc_.greeting import PROTO, Greeter
from tests.activities.performing import arguments, environment, perform, performed, problem
from tests.counterparts import Reply
from tests.settings import Settings

DOCUMENT = {"uri": "file://greet.proto", "content": PROTO}


@pytest.fixture(scope="module")
def greeter():
    with Greeter() as running:
        yield running


def with_(port, method, given=None, **more):
    service = {"name": "greet.Greeter", "host": "127.0.0.1", "port": port}
    sent = {} if given is None else {"arguments": given}
    return {"document": DOCUMENT, "service": service, "method": method, **sent, **more}


def call(greeter, method, given=None, **more):
    return perform(CALL_GRPC, arguments(with_(greeter.port, method, given, **more)))


def trouble(greeter, method, given=None, *, settings=None, **more):
    """Type (its last part), status, title and detail."""
    found = problem(CALL_GRPC, arguments(with_(greeter.port, method, given), **more), settings)
    return found["type"].rpartition("/")[2], found["status"], found["title"], found["detail"]


def test_a_message_goes_out_and_one_comes_back(greeter):
    greeting = call(greeter, "Greet", {"fullName": "Ada"})
    assert greeting == {"text": "Hello, Ada!", "count": "9007199254740993", "last": False, "metadata": {}}


def test_messages_are_written_as_proto3_maps_them_to_json(greeter):
    person = {
        "fullName": "Ada",
        "born": "1815",
        "mood": "GLAD",
        "names": ["A", "B"],
        "mark": "/w==",
        "since": "2026-01-01T00:00:00Z",
        "age": 0,
    }
    assert call(greeter, "Echo", person) == {**person, "known": False}


def test_what_knows_no_absence_is_there_at_its_default_and_what_does_is_not(greeter):
    assert call(greeter, "Echo") == {"fullName": "", "born": "0", "mood": "CALM", "names": [], "mark": "", "known": False}


def test_both_spellings_of_a_field_are_read(greeter):
    assert call(greeter, "Echo", {"full_name": "Ada", "born": 5})["fullName"] == "Ada"
    assert call(greeter, "Echo", {"fullName": "Ada"})["fullName"] == "Ada"


def test_a_stream_is_an_array_also_an_empty_one(greeter):
    assert [one["count"] for one in call(greeter, "Count", {"born": 3})] == ["0", "1", "2"]
    assert call(greeter, "Count", {"born": 0}) == []


def test_a_method_that_takes_a_stream_gets_a_list(greeter):
    people = [{"fullName": "Ada"}, {"fullName": "Grace"}]
    assert call(greeter, "Collect", people)["text"] == "Ada, Grace"
    assert [one["text"] for one in call(greeter, "Chat", people)] == ["Ada", "Grace"]
    assert call(greeter, "Collect", [])["text"] == ""


@pytest.mark.parametrize(("method", "given"), [("Collect", {"fullName": "Ada"}), ("Chat", None), ("Greet", [{"fullName": "Ada"}])])
def test_lists_and_objects_are_not_taken_for_each_other(greeter, method, given):
    kind, status, _, detail = trouble(greeter, method, given)
    assert (kind, status) == ("configuration", 400)
    assert f"greet.Greeter.{method}" in detail


@pytest.mark.parametrize("given", [{"nothing": 1}, {"born": "much"}, {"names": {}}, {"fullName": "\ud800"}])
def test_arguments_that_are_no_such_message_are_a_validation_error(greeter, given):
    kind, status, _, detail = trouble(greeter, "Greet", given)
    assert (kind, status) == ("validation", 400)
    assert "greet.Person" in detail


@pytest.mark.parametrize(
    ("name", "status"),
    [("NOT_FOUND", 404), ("INVALID_ARGUMENT", 400), ("PERMISSION_DENIED", 403), ("RESOURCE_EXHAUSTED", 429), ("UNAVAILABLE", 503), ("INTERNAL", 500), ("ABORTED", 409), ("UNKNOWN", 500), ("CANCELLED", 499), ("DEADLINE_EXCEEDED", 504)],
)  # fmt: skip
def test_a_status_is_a_communication_error_with_the_nearest_of_http(greeter, name, status):
    assert trouble(greeter, "Fail", {"fullName": name}) == (
        "communication", status, name, "greet.Greeter/Fail at 127.0.0.1: as you like it",
    )  # fmt: skip


def test_every_status_is_known():
    assert set(exchange.STATUS) <= {code.name for code in grpc.StatusCode}


def test_a_method_the_server_does_not_have(greeter):
    given = with_(greeter.port, "Nothing")
    given["service"]["name"] = "greet.Other"
    found = problem(CALL_GRPC, arguments(given))
    assert (found["status"], found["title"]) == (501, "UNIMPLEMENTED")


def test_a_server_that_is_down(unused_port):
    found = problem(CALL_GRPC, arguments(with_(unused_port, "Greet")))
    assert (found["type"].rpartition("/")[2], found["status"], found["title"]) == ("communication", 503, "UNAVAILABLE")


def test_a_server_that_is_slow(greeter):
    kind, status, title, detail = trouble(greeter, "Slow", timeout=100)
    assert (kind, status, title) == ("communication", 504, "DEADLINE_EXCEEDED")
    assert detail.endswith("no answer within 0.1 s")


def test_a_server_that_answers_no_message(greeter):
    kind, status, title, detail = trouble(greeter, "Garbage")
    assert (kind, status, title) == ("communication", 500, "Response not understood")
    assert "greet.Greeting" in detail


def test_a_server_that_does_not_speak_grpc():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                connection.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        found = problem(CALL_GRPC, arguments(with_(listening.getsockname()[1], "Greet"), timeout=5_000))
    assert (found["type"].rpartition("/")[2], found["title"]) == ("communication", "UNAVAILABLE")


@pytest.mark.parametrize("method", ["Large", "Endless"])
def test_what_is_too_large_is_not_read(greeter, method):
    kind, status, title, detail = trouble(greeter, method)
    assert (kind, status, title) == ("communication", 500, "Response too large")
    assert str(RESPONSE_BYTES) in detail


def test_the_key_and_the_credentials_go_along_as_metadata(greeter):
    call(
        greeter,
        "Greet",
        authentication={"bearer": {"token": "open-sesame"}},
        metadata={"x-team": "blue", "X-Number": 7, "x-bytes-bin": "AP8="},
    )
    received = greeter.received[-1]
    assert (received["idempotency-key"], received["authorization"]) == ("key-1", "Bearer open-sesame")
    assert (received["x-team"], received["x-number"], received["x-bytes-bin"]) == ("blue", "7", b"\x00\xff")
    assert received["user-agent"].startswith("swtemporal")


def test_an_own_idempotency_key_is_kept(greeter):
    call(greeter, "Greet", metadata={"Idempotency-Key": "mine"})
    assert greeter.received[-1]["idempotency-key"] == "mine"


@pytest.mark.parametrize("metadata", [{"a b": "x"}, {"grpc-timeout": "1S"}, {"x": "line\nbreak"}, {"x-bin": "no base64"}, "text"])
def test_metadata_that_no_call_may_send(greeter, metadata):
    found = problem(CALL_GRPC, arguments(with_(greeter.port, "Greet", metadata=metadata)))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("expression", 400)


def test_wrong_credentials_are_refused_by_the_server_and_not_told(greeter):
    given = with_(greeter.port, "Greet", authentication={"bearer": {"use": "token"}})
    settings = Settings(environment={"SWTEMPORAL_SECRET_TOKEN": '{"token": "hush-hush"}'})
    found = problem(CALL_GRPC, arguments(given, secrets=["token"]), settings)
    assert (found["type"].rpartition("/")[2], found["status"], found["title"]) == ("communication", 401, "UNAUTHENTICATED")
    assert "hush-hush" not in str(found)
    assert greeter.received[-1]["authorization"] == "Bearer hush-hush"


def test_a_cancelled_call_is_cancelled_at_the_server():
    async def cancelled(greeter):
        running = asyncio.create_task(
            performed(CALL_GRPC, arguments(with_(greeter.port, "Slow")), env=environment(activity_type=CALL_GRPC))
        )
        assert await asyncio.to_thread(greeter.slow.wait, 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return await asyncio.to_thread(greeter.cancelled.wait, 10)

    with Greeter() as greeter:
        assert asyncio.run(cancelled(greeter))


def test_an_origin_stands_in_for_a_host(greeter):
    given = with_(5011, "Greet", {"fullName": "Ada"})
    given["service"]["host"] = "greeter.example"
    settings = Settings(origins={"http://greeter.example:5011": f"http://127.0.0.1:{greeter.port}"})
    assert perform(CALL_GRPC, arguments(given), settings)["text"] == "Hello, Ada!"


def test_without_a_port_it_is_443_by_tls_and_a_mapping_may_say_otherwise(greeter):
    given = with_(0, "Greet", {"fullName": "Ada"})
    given["service"] = {"name": "greet.Greeter", "host": "greeter.example"}
    settings = Settings(origins={"https://greeter.example": f"http://127.0.0.1:{greeter.port}"})
    assert perform(CALL_GRPC, arguments(given), settings)["text"] == "Hello, Ada!"


def test_tls_and_what_does_not_fit_it(greeter, tmp_path, monkeypatch):
    key, certificate = _certificate()
    (tmp_path / "ca.pem").write_bytes(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Greeter(grpc.ssl_server_credentials([(key, certificate)])) as secure:
        assert call(secure, "Greet", {"fullName": "Ada"}, tls=True)["text"] == "Hello, Ada!"
        assert trouble(secure, "Greet", timeout=5_000)[:3] == ("communication", 503, "UNAVAILABLE")
        monkeypatch.delenv("SSL_CERT_FILE")
        found = problem(CALL_GRPC, arguments(with_(secure.port, "Greet", tls=True)))
        assert (found["status"], found["title"]) == (503, "UNAVAILABLE")
    assert problem(CALL_GRPC, arguments(with_(greeter.port, "Greet", tls=True)))["status"] == 503


def test_a_server_that_wants_to_know_its_caller_is_shown_a_certificate():
    key, certificate = _certificate()
    mine, shown = _certificate()
    wanting = grpc.ssl_server_credentials([(key, certificate)], root_certificates=shown, require_client_auth=True)
    secret = json.dumps({"tls.crt": shown.decode(), "tls.key": mine.decode(), "ca.crt": certificate.decode()})
    settings = Settings(environment={"SWTEMPORAL_SECRET_MINE": secret})
    with Greeter(wanting) as secure:
        given = with_(secure.port, "Greet", {"fullName": "Ada"}, tls=True)
        assert perform(CALL_GRPC, arguments(given, certificate="mine", secrets=["mine"]), settings)["text"] == "Hello, Ada!"
        assert problem(CALL_GRPC, arguments(given), settings)["title"] == "UNAVAILABLE"


def _certificate():
    """A key and a certificate of its own for 127.0.0.1 and greeter.example, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "greeter")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("greeter.example")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, made.public_bytes(pem)


# Protos of several files

SPLIT = {
    "greet.proto": 'syntax = "proto3"; package greet; import "parts/people.proto"; service Greeter { rpc Greet(Person) returns (Greeting); }',
    "parts/people.proto": 'syntax = "proto3"; package greet; import public "greeting.proto"; message Person { string full_name = 1; }',
    "greeting.proto": 'syntax = "proto3"; package greet; message Greeting { string text = 1; }',
}


def split(greeter, document):
    return {**with_(greeter.port, "Greet", {"fullName": "Ada"}), "document": document}


def test_a_proto_of_several_files_that_the_run_carries(greeter):
    first, *rest = SPLIT
    document = {"uri": f"file://{first}", "content": SPLIT[first], "imports": {name: SPLIT[name] for name in rest}}
    assert perform(CALL_GRPC, arguments(split(greeter, document))) == {"text": "Hello, Ada!"}
    del document["imports"]["greeting.proto"]
    found = problem(CALL_GRPC, arguments(split(greeter, document)))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("configuration", 400)
    assert "'parts/people.proto' imports 'greeting.proto', which the run does not carry" in found["detail"]


def test_a_proto_of_several_files_is_fetched_with_the_credentials_of_the_first(greeter, counterpart):
    for name, text in SPLIT.items():
        counterpart.replies[f"/protos/{name}"] = Reply.text(text)
    document = {"uri": f"{counterpart.origin}/protos/greet.proto?v=1", "authentication": {"bearer": {"token": "hush-hush"}}}
    assert perform(CALL_GRPC, arguments(split(greeter, document))) == {"text": "Hello, Ada!"}
    assert [one.path for one in counterpart.received] == [f"/protos/{name}" for name in SPLIT]
    assert {one.headers["authorization"] for one in counterpart.received} == {"Bearer hush-hush"}


@pytest.mark.parametrize(
    ("reply", "kind", "said"),
    [
        (Reply.text("gone", 404), "communication", "/protos/parts/people.proto (imported by 'greet.proto'): gone"),
        (Reply(200, b"\xff"), "communication", "/protos/parts/people.proto (imported by 'greet.proto') is no text in UTF-8"),
        (Reply.text('import "../../secret";'), "configuration", "'parts/people.proto' imports '../../secret', which is no plain path"),
        (Reply.text(" " * 1_000_000), "configuration", "'greet.proto' and what it imports (so far 1 more) are larger than"),
    ],
)
def test_an_import_that_cannot_be_had_is_told_with_who_wants_it(greeter, counterpart, reply, kind, said):
    counterpart.replies |= {"/protos/greet.proto": Reply.text(SPLIT["greet.proto"]), "/protos/parts/people.proto": reply}
    found = problem(CALL_GRPC, arguments(split(greeter, {"uri": f"{counterpart.origin}/protos/greet.proto"})))
    assert found["type"].rpartition("/")[2] == kind
    assert said in found["detail"]
    assert len(counterpart.received) == 2


# What the worker's policy says

LOCAL = Policy((Rule(kinds=("call.grpc",), hosts=("127.0.0.0/8",)),))


def resolving(monkeypatch, *answers):
    """Every question for a name's addresses gets the next answer."""
    left = list(answers)

    async def getaddrinfo(self, host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0) if len(left) > 1 else left[0], port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


def named(port, host, **more):
    given = with_(port, "Greet", {"fullName": "Ada"}, **more)
    given["service"]["host"] = host
    return given


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1"])
def test_an_address_that_is_not_granted_is_not_connected_to(greeter, host):
    seen = len(greeter.received)
    found = problem(CALL_GRPC, arguments(named(greeter.port, host)), Settings(policy=Policy((Rule(kinds=("*",), hosts=("public",)),))))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("authorization", 403)
    assert len(greeter.received) == seen


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(greeter, monkeypatch):
    resolving(monkeypatch, "127.0.0.1", "10.9.9.9")
    assert perform(CALL_GRPC, arguments(named(greeter.port, "changing.example")), Settings(policy=LOCAL))["text"] == "Hello, Ada!"
    assert problem(CALL_GRPC, arguments(named(greeter.port, "changing.example")), Settings(policy=LOCAL))["status"] == 403


def test_a_certificate_is_that_of_the_name_and_not_of_the_address(tmp_path, monkeypatch):
    resolving(monkeypatch, "127.0.0.1")
    key, certificate = _certificate()
    (tmp_path / "ca.pem").write_bytes(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Greeter(grpc.ssl_server_credentials([(key, certificate)])) as secure:
        settings = Settings(policy=LOCAL)
        assert perform(CALL_GRPC, arguments(named(secure.port, "greeter.example", tls=True)), settings)["text"] == "Hello, Ada!"
        assert problem(CALL_GRPC, arguments(named(secure.port, "other.example", tls=True)), settings)["title"] == "UNAVAILABLE"


def test_a_worker_without_the_extra_says_how_it_is_installed(greeter, monkeypatch):
    monkeypatch.delitem(sys.modules, "activities.grpc_.exchange")
    monkeypatch.setitem(sys.modules, "grpc", None)
    kind, _, _, detail = trouble(greeter, "Greet")
    assert kind == "configuration"
    assert "pip install 'swtemporal[grpc]'" in detail
