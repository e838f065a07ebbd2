"""What the worker's environment says of proxies and trust, and how it is told when that cannot be."""

from __future__ import annotations

import asyncio

import pytest

from activities.http.client import Http
from activities.policy import Policy, Rule
from interpreter.effects import CALL_HTTP
from tests.activities.performing import arguments, call, http, perform, problem
from tests.counterparts import Counterpart, Reply, tls
from tests.counterparts.socks import PASSWORD, USER, proxying
from tests.settings import Settings

PROXIES = [name for one in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for name in (one, one.upper())]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in (*PROXIES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def safe():
    with Counterpart(tls=tls.server()) as running:
        yield running


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_is_asked_in_place_of_the_host(counterpart, environment, name):
    environment.setenv(name, counterpart.origin)
    echoed = perform(CALL_HTTP, arguments(http(counterpart, "", uri="http://nowhere.invalid/echo")))
    assert echoed["headers"]["host"] == "nowhere.invalid"


@pytest.mark.parametrize("hosts", ["127.0.0.1", "*", "other.example, 127.0.0.1"])
def test_some_hosts_need_no_proxy(counterpart, environment, unused_port, hosts):
    environment.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port}")
    environment.setenv("NO_PROXY", hosts)
    assert call(counterpart, "/echo")["path"] == "/echo"


def test_https_goes_through_a_tunnel_of_the_proxy(counterpart, environment):
    environment.setenv("HTTPS_PROXY", counterpart.origin)
    counterpart.replies["443"] = Reply(407)
    found = problem(CALL_HTTP, arguments(http(counterpart, "", uri="https://nowhere.invalid/echo")))
    assert (found["status"], found["title"]) == (500, "Connection failed")
    (asked,) = counterpart.received
    assert (asked.method, asked.headers["host"]) == ("CONNECT", "nowhere.invalid:443")


def test_a_proxy_that_is_gone_is_a_communication_error(counterpart, environment, unused_port):
    environment.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port}")
    found = problem(CALL_HTTP, arguments(http(counterpart, "/echo")))
    assert (found["status"], found["title"]) == (500, "Connection failed")


def test_an_unknown_authority_is_not_trusted(safe):
    found = problem(CALL_HTTP, arguments(http(safe, "/echo")))
    assert (found["status"], found["title"]) == (500, "TLS failed")
    assert safe.received == []


def test_an_authority_of_the_environment_is_trusted(safe, environment):
    environment.setenv("SSL_CERT_FILE", str(tls.AUTHORITY))
    assert call(safe, "/echo")["path"] == "/echo"


def test_a_certificate_of_another_host_is_not_accepted(safe, environment):
    environment.setenv("SSL_CERT_FILE", str(tls.AUTHORITY))
    port = safe.origin.rpartition(":")[2]
    found = problem(CALL_HTTP, arguments(http(safe, "", uri=f"https://127.1:{port}/echo")))
    assert found["title"] == "TLS failed"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SSL_CERT_FILE", "/nowhere/at/all.pem", "SSL_CERT_FILE=/nowhere/at/all.pem"),
        ("SSL_CERT_FILE", __file__, f"SSL_CERT_FILE={__file__}"),
        ("ALL_PROXY", "gopher://proxy.example", "gopher"),
        ("HTTPS_PROXY", "socks4://proxy.example:1080", "socks5:// proxies can"),
        ("HTTPS_PROXY", f"socks5://ada:{'x' * 256}@proxy.example:1080", "1 to 255 bytes"),
    ],
)
def test_what_cannot_be_used_is_told_when_the_worker_starts(environment, name, value, told):
    async def opened():
        async with Http.opened({}):
            raise AssertionError("it was opened")

    environment.setenv(name, value)
    with pytest.raises(ValueError, match="cannot be") as raised:
        asyncio.run(opened())
    assert told in str(raised.value)


def port_of(counterpart: Counterpart) -> int:
    return int(counterpart.origin.rpartition(":")[2])


@pytest.mark.parametrize("who", ["", f"{USER}:{PASSWORD}@"])
def test_a_socks_proxy_is_asked_by_name(counterpart, environment, who):
    with proxying(port_of(counterpart)) as socks:
        environment.setenv("ALL_PROXY", f"socks5://{who}{socks.address}")
        echoed = perform(CALL_HTTP, arguments(http(counterpart, "", uri="http://nowhere.invalid/echo")))
    assert echoed["headers"]["host"] == "nowhere.invalid"
    assert socks.asked == [("nowhere.invalid", 80)]


def test_https_goes_through_a_socks_proxy(safe, environment):
    environment.setenv("SSL_CERT_FILE", str(tls.AUTHORITY))
    with proxying(port_of(safe)) as socks:
        environment.setenv("HTTPS_PROXY", f"socks5h://{socks.address}")
        assert call(safe, "/echo")["path"] == "/echo"
    assert socks.asked == [("127.0.0.1", port_of(safe))]


@pytest.mark.parametrize(
    ("answer", "who", "said"),
    [(5, "", "connection refused"), (99, "", "answer 99"), (None, "", "does not speak SOCKS"), (0, "ada:wrong@", "refuses the user")],
)
def test_a_socks_proxy_that_does_not_connect_is_a_communication_error(counterpart, environment, answer, who, said):
    with proxying(port_of(counterpart), answer=answer) as socks:
        environment.setenv("ALL_PROXY", f"socks5://{who}{socks.address}")
        found = problem(CALL_HTTP, arguments(http(counterpart, "/echo")))
    assert (found["status"], found["title"]) == (500, "Connection failed")
    assert said in found["detail"]
    assert counterpart.received == []


def test_a_socks_proxy_is_not_asked_for_what_is_not_granted(counterpart, environment):
    with proxying(port_of(counterpart)) as socks:
        environment.setenv("ALL_PROXY", f"socks5://{socks.address}")
        settings = Settings(policy=Policy((Rule(kinds=("call.http",), hosts=("public", "api.internal")),)))
        found = problem(CALL_HTTP, arguments(http(counterpart, "", uri="http://10.0.0.1/echo")), settings)
        assert (found["status"], socks.asked) == (403, [])
        perform(CALL_HTTP, arguments(http(counterpart, "", uri="http://api.internal/echo")), settings)
    assert socks.asked == [("api.internal", 80)]


def test_a_socks_proxy_is_asked_for_the_address_that_was_looked_at(counterpart, environment):
    with proxying(port_of(counterpart)) as socks:
        environment.setenv("ALL_PROXY", f"socks5://{socks.address}")
        settings = Settings(policy=Policy((Rule(kinds=("call.http",), hosts=("127.0.0.0/8",)),)))
        echoed = perform(CALL_HTTP, arguments(http(counterpart, "", uri="http://127.1/echo")), settings)
    assert echoed["headers"]["host"] == "127.1"
    assert socks.asked == [("127.0.0.1", 80)]
