"""A run whose worker fails: no interruption, and told in one line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from activities.policy import Policy
from cli import running
from cli.exits import Code, Stop
from interpreter.document.envelope import Envelope
from interpreter.effects import Completed
from interpreter.faults import Fault
from tests.settings import Settings


class Worker:
    """Stands in for the SDK's: fails when told to, ends when it is shut down."""

    def __init__(self, failure: Exception | None) -> None:
        self._failure = failure
        self._down = asyncio.Event()

    async def run(self) -> None:
        if self._failure is not None:
            raise self._failure
        await self._down.wait()

    async def shutdown(self) -> None:
        self._down.set()
        if self._failure is not None:
            await asyncio.Event().wait()  # the SDK's never says that it is down when it has failed before it began


async def served(monkeypatch: pytest.MonkeyPatch, failure: Exception | None, work: Any) -> Any:
    one = Worker(failure)
    monkeypatch.setattr(running, "worker", lambda *_, **__: one)
    return await running._served(None, "q", Settings(environment={}), work)  # type: ignore[arg-type]


async def forever() -> Completed:
    await asyncio.Event().wait()
    return Completed(None)


async def done() -> Completed:
    return Completed(1)


def test_a_worker_that_fails_ends_the_command_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Stop, match="the worker of this run has ended: Poll failure: gone") as stopped:
        asyncio.run(served(monkeypatch, RuntimeError("Poll failure:\n  gone"), forever()))

    assert stopped.value.code is Code.FAILURE


def test_the_outcome_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(served(monkeypatch, None, done())) == Completed(1)


def test_what_cancels_the_command_is_no_failure_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted() -> None:
        task = asyncio.create_task(served(monkeypatch, None, forever()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())


def test_a_proxy_or_certificates_that_cannot_be_used_end_the_command_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    with pytest.raises(Stop, match=r"look at SSL_CERT_FILE=/nowhere/at/all\.pem") as stopped:
        asyncio.run(served(monkeypatch, None, forever()))

    assert stopped.value.code is Code.FAILURE


def test_secrets_are_where_the_command_says(tmp_path: Path) -> None:
    policy = Policy(())
    assert running.activity_settings([], None, policy).secrets == ("env",)
    assert running.activity_settings([], None, policy, [f"dir:{tmp_path}", "env"]).secrets == (tmp_path, "env")
    with pytest.raises(Stop, match="--secrets: 'dir:/nowhere/at/all': there is no folder") as stopped:
        running.activity_settings([], None, policy, ["dir:/nowhere/at/all"])

    assert stopped.value.code is Code.USAGE


def test_a_run_trusts_its_own_documents_and_else_what_the_file_grants(tmp_path: Path) -> None:
    own, other, document = "a" * 64, "b" * 64, Envelope(root="a" * 64, documents={"a" * 64: "{}"})
    file = tmp_path / "policy.yaml"
    file.write_text(f"rules: [{{documents: [{other}], kinds: [run.script]}}]")

    alone, granted = running.own_policy(document), running.own_policy(document, str(file))

    for policy in (alone, granted):
        policy.grant("q", own).kind("run.shell")
    with pytest.raises(Fault, match="Authorization"):
        alone.grant("q", own, [other]).kind("run.script")
    granted.grant("q", own, [other]).kind("run.script")
    with pytest.raises(Fault, match="Authorization"):
        granted.grant("q", own, [other]).kind("run.shell")


def test_a_policy_that_is_not_there_is_a_mistake_of_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="cannot be read") as stopped:
        running.own_policy(Envelope(root="a", documents={}), str(tmp_path / "none"))
    assert stopped.value.code is Code.USAGE
