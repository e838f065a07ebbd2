"""Connections lead nowhere but where the grant does, whatever a name resolves to and whoever was there before."""

from __future__ import annotations

import asyncio
import socket

import httpcore
import pytest

from activities.granted import permit, under
from activities.http.client import Http, Request
from activities.http.guard import _Guard
from activities.policy import Grant, Rule
from interpreter.faults import Fault

pytestmark = pytest.mark.anyio

NOTHING = Grant((Rule(hosts=("public",)),))
LOCAL = Grant((Rule(hosts=("127.0.0.0/8", "::1")),))


def get(uri: str) -> Request:
    return Request(method="GET", uri=uri, shown=uri)


async def refused(http: Http, uri: str, grant: Grant) -> str:
    with pytest.raises(Fault) as raised, under(grant):
        await http.exchange(get(uri), within=5)
    assert raised.value.problem.type.endswith("/authorization")
    return raised.value.problem.detail


def resolving(monkeypatch, *answers):
    """Every question for a name's addresses gets the next answer."""
    left = list(answers)

    async def getaddrinfo(self, host, port, **_):
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
async def test_the_neighbourhood_is_refused_in_every_spelling(counterpart, host):
    port = counterpart.origin.rpartition(":")[2]
    async with Http.opened({}) as http:
        detail = await refused(http, f"http://{host}:{port}/", NOTHING)
    assert "under 'hosts'" in detail


async def test_what_is_granted_is_reached(counterpart):
    async with Http.opened({}) as http:
        with under(LOCAL):
            assert (await http.exchange(get(f"{counterpart.origin}/"), within=5)).status
        assert (await http.exchange(get(f"{counterpart.origin}/"), within=5)).status


async def test_a_connection_of_one_grant_is_not_lent_to_another(counterpart):
    async with Http.opened({}) as http:
        with under(LOCAL):
            await http.exchange(get(f"{counterpart.origin}/"), within=5)
        await http.exchange(get(f"{counterpart.origin}/"), within=5)
        await refused(http, f"{counterpart.origin}/", NOTHING)


async def test_a_name_whose_address_changes_gains_nothing(counterpart, monkeypatch):
    port = counterpart.origin.rpartition(":")[2]
    resolving(monkeypatch, "93.184.216.34", "127.0.0.1")
    async with Http.opened({}) as http:
        with under(NOTHING):
            await permit("rebound.example", int(port))
        await refused(http, f"http://rebound.example:{port}/", NOTHING)


async def test_what_stands_in_for_an_origin_is_reached_by_its_name_only(counterpart):
    async with Http.opened({"https://api.example": counterpart.origin}) as http:
        with under(NOTHING):
            await http.exchange(get("https://api.example/"), within=5)
        await refused(http, f"{counterpart.origin}/", NOTHING)


async def test_a_proxy_is_the_operators_but_not_what_it_is_asked_for(counterpart, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", counterpart.origin)
    async with Http.opened({}) as http:
        await refused(http, "http://169.254.169.254/latest/meta-data/", NOTHING)
        with under(Grant((Rule(hosts=("metadata.example",)),))):
            await http.exchange(get("http://metadata.example/"), within=5)


async def test_a_worker_whose_proxy_alone_knows_names_is_told_to_grant_them(counterpart, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", counterpart.origin)
    async with Http.opened({}) as http:
        with pytest.raises(Fault) as raised, under(NOTHING):
            await http.exchange(get("http://nowhere.invalid/"), within=5)
    assert raised.value.problem.type.endswith("/communication")
    assert "grant this one: 'nowhere.invalid' under 'hosts'" in raised.value.problem.detail
    assert counterpart.received == []


async def test_a_name_without_an_address_is_no_permission():
    with pytest.raises(Fault) as raised, under(NOTHING):
        await permit("nowhere.invalid", 80)
    assert raised.value.problem.type.endswith("/communication")


async def test_on_its_own_account_a_worker_goes_anywhere():
    await permit("localhost", 1)


async def test_an_address_that_never_answers_does_not_stand_for_all(monkeypatch):
    tried = []

    class Backend(httpcore.AsyncNetworkBackend):
        async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109  the library's own
            tried.append((host, timeout))
            if len(tried) == 1:
                raise httpcore.ConnectTimeout

    async def getaddrinfo(self, host, port, **_):
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("2606:2800:220:1::1", "93.184.216.34")]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    await _Guard(Backend(), NOTHING).connect_tcp("two.example", 443)

    assert [host for host, _ in tried] == ["2606:2800:220:1::1", "93.184.216.34"]
    assert tried[0][1] is not None
