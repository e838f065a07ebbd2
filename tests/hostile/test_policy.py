"""Whoever starts a run brings along what the run carries: it must not lead what an approved document was granted anywhere else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from interpreter.document.envelope import Envelope
from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.counterparts import Counterpart, Reply
from tests.killed.process import worker
from tests.temporal.house import document, enveloped

pytestmark = [pytest.mark.anyio, pytest.mark.server]

CANARY = "the-approved-document-alone-has-this"
FILE = "file:///openapi.yaml"
KEY = {"headers": {"X-Key": "${ $secrets.key }"}}


@pytest.fixture
def mine() -> Iterator[Counterpart]:
    """Where the approved document calls."""
    with Counterpart() as running:
        running.replies["/pay"] = Reply(200, b"{}", {"Content-Type": "application/json"})
        yield running


@pytest.fixture
def theirs() -> Iterator[Counterpart]:
    """A host that the approved document may reach as well, of somebody who would like to have its key."""
    with Counterpart() as running:
        running.replies["/pay"] = Reply(200, b"{}", {"Content-Type": "application/json"})
        yield running


def described(server: str) -> str:
    parameter = {"name": "X-Key", "in": "header", "schema": {"type": "string"}}
    operation = {"operationId": "pay", "parameters": [parameter], "responses": {"200": {"description": "paid"}}}
    description = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": server}],
        "paths": {"/pay": {"get": operation}},
    }
    return yaml.safe_dump(description)


PAYING = document(
    {
        "pay": {
            "call": "openapi",
            "with": {"document": {"endpoint": FILE}, "operationId": "pay", "parameters": {"X-Key": "${ $secrets.key }"}},
        }
    },
    use={"secrets": ["key"]},
)
ASKING = document(
    {"ask": {"run": {"workflow": {"namespace": "tests", "name": "where", "version": "1.0.0"}}}},
    {"pay": {"call": "http", "with": {"method": "get", "endpoint": {"uri": "${ .uri }"}, **KEY}}},
    use={"secrets": ["key"]},
)
CALLING = document({"go": {"call": "pay:1.0.0@mine"}}, use={"secrets": ["key"]})


def where(server: str) -> Json:
    return document({"here": {"set": {"uri": f"{server}/pay"}}}, name="where")


def function(server: str) -> dict[str, str]:
    text = yaml.safe_dump({"call": "http", "with": {"method": "get", "endpoint": {"uri": f"{server}/pay"}, **KEY}})
    return {"catalog:mine/functions/pay/1.0.0/function.yaml": text}


WAYS = {
    "openapi": lambda server: replace(enveloped(PAYING), resources={FILE: described(server)}),
    "child": lambda server: enveloped(ASKING, where(server)),
    "function": lambda server: replace(enveloped(CALLING), resources=function(server)),
}
"""By what a run carries, the envelope of an approved document that calls a server."""


def policy(folder: Path, approved: Mapping[str, Envelope]) -> str:
    rules: list[Json] = [{"kinds": ["call.*"], "hosts": ["localhost"]}]
    rules += [
        {"documents": [one.root], "carries": [*one.carried()], "kinds": ["call.*"], "hosts": ["127.0.0.1"], "secrets": ["key"]}
        for one in approved.values()
    ]
    file = folder / "policy.yaml"
    file.write_text(yaml.safe_dump({"rules": rules}))
    return str(file)


async def test_nothing_that_a_run_carries_leads_a_secret_elsewhere(
    temporal_server: str, tmp_path: Path, mine: Counterpart, theirs: Counterpart
):
    client = await temporal.connect(temporal_server)
    queue = f"hostile-{uuid.uuid4().hex[:12]}"
    approved = {name: made(mine.origin) for name, made in WAYS.items()}
    given = {"SWTEMPORAL_SECRET_KEY": CANARY, "SWTEMPORAL_ALLOW": "", "SWTEMPORAL_POLICY": policy(tmp_path, approved)}

    async def ran(envelope: Envelope) -> Completed | Faulted | temporal.Stopped:
        started = await temporal.start(client, envelope, {}, id=f"hostile-{uuid.uuid4().hex[:12]}", task_queue=queue)
        return await temporal.outcome(started)

    async with worker(temporal_server, queue, **given):
        for name, envelope in approved.items():
            assert await ran(envelope) == Completed({}), name
        assert [received.headers["x-key"] for received in mine.to("/pay")] == [CANARY] * len(WAYS)
        for name, made in WAYS.items():
            outcome = await ran(made(theirs.origin))
            assert isinstance(outcome, Faulted), name
            assert (outcome.problem.status, outcome.problem.type.rpartition("/")[2]) == (403, "authorization"), name
            assert "which carries what they do not name" in str(outcome.problem.detail), name
        mixed = replace(approved["openapi"], resources={FILE: described(mine.origin), "file:///more": "x"})
        (more,) = (hash for hash, uri in mixed.carried().items() if uri == "file:///more")
        assert more in str((await ran(mixed)).problem.detail)
    assert theirs.received == []
