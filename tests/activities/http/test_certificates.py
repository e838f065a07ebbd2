from __future__ import annotations

import asyncio
import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from activities.http.certificates import certificate, trust
from activities.http.client import Http, Request
from interpreter.effects import CALL_HTTP
from interpreter.faults import Fault
from tests.activities.performing import arguments, perform, problem
from tests.certificates import Authority
from tests.settings import Settings


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        subject = dict(part[0] for part in self.connection.getpeercert()["subject"])
        self.server.seen.append(subject["commonName"])
        body = json.dumps(subject).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing."""


class _Server(HTTPServer):
    def handle_error(self, request, client_address):
        """A peer that shows nothing is no error here."""


@contextmanager
def serving(authority, tmp_path):
    """A server that wants a certificate of the authority; gives its origin and whom it has seen."""
    own = authority.pair("server")
    (tmp_path / "server.pem").write_text(own.key + own.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    context.load_verify_locations(cadata=authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    server = _Server(("127.0.0.1", 0), _Answering)
    server.seen = []
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", server.seen
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def peer(authority, tmp_path):
    with serving(authority, tmp_path) as found:
        yield found


def secret(authority, name="flows", **members):
    pair = authority.pair(name)
    return {"tls.crt": pair.certificate, "tls.key": pair.key, "ca.crt": authority.certificate, **members}


def get(origin):
    return {"method": "get", "uri": f"{origin}/", "output": "content", "redirect": False}


def settings(value):
    return Settings(environment={"SWTEMPORAL_SECRET_PARTNER": json.dumps(value)})


NAMED = {"certificate": "partner", "secrets": ["partner"]}


def test_a_peer_sees_who_calls(authority, peer):
    assert perform(CALL_HTTP, arguments(get(peer[0]), **NAMED), settings(secret(authority))) == {"commonName": "flows"}


def test_who_shows_nothing_is_refused(authority, peer, tmp_path, monkeypatch):
    (tmp_path / "ca.pem").write_text(authority.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert problem(CALL_HTTP, arguments(get(peer[0])))["status"] == 500
    assert peer[1] == []


def test_a_server_of_another_authority_is_not_believed(authority, peer):
    found = problem(CALL_HTTP, arguments(get(peer[0]), **NAMED), settings(secret(authority, **{"ca.crt": Authority().certificate})))
    assert (found["title"], found["status"]) == ("TLS failed", 500)


def test_connections_are_by_certificate(authority, peer):
    async def whole():
        async with Http.opened({}) as http:
            for name in ("one", "other", "one"):
                shown = shared[name]
                await http.exchange(Request(method="GET", uri=peer[0], shown="x", certificate=shown), within=10)

    shared = {name: certificate(name, secret(authority, name)) for name in ("one", "other")}
    asyncio.run(whole())
    assert peer[1] == ["one", "other", "one"]


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        {"tls.crt": "hunter2"},
        {"tls.crt": "hunter2", "tls.key": 5},
        {"tls.crt": "hunter2", "tls.key": "hunter2"},
        {"tls.crt": "hunter2", "tls.key": "hunter2", "ca.crt": "hunter2"},
    ],
)
def test_what_is_no_certificate_is_told_without_it(peer, value):
    found = problem(CALL_HTTP, arguments(get(peer[0]), **NAMED), settings(value))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("authentication", 401)
    assert "hunter2" not in str(found)


def test_a_key_of_another_certificate_is_refused(authority):
    with pytest.raises(Fault, match="Authentication"):
        trust(certificate("x", secret(authority) | {"tls.key": authority.pair("other").key}))


def test_a_certificate_must_be_declared(peer):
    found = problem(CALL_HTTP, arguments(get(peer[0]), certificate="partner", secrets=[]), settings({}))
    assert found["status"] == 403
