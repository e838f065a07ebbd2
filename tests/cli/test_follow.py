"""Following a run that was there before: what cannot be read of it is told, and waiting goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cli import follow
from cli.follow import Follower
from interpreter.temporal import client as temporal


def test_a_history_that_cannot_be_replayed_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async def unreadable(_: Any) -> Any:
        raise RuntimeError("[TMPRL1100] Nondeterminism\n error")

    async def nothing(*_: Any, **__: Any) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield

    async def empty(*_: Any, **__: Any) -> Any:
        return {"first": 1, "last": 0, "notices": []}

    monkeypatch.setattr(follow, "trace_of_history", unreadable)
    monkeypatch.setattr(temporal, "events", nothing)
    monkeypatch.setattr(temporal, "trace", empty)
    monkeypatch.setattr(temporal, "handle", lambda *_: None)

    async def waited() -> bool:
        async with Follower(None, "r", "1", after=3).following():  # type: ignore[arg-type]
            return True
        return False

    assert asyncio.run(waited())
    assert "(what happened before cannot be read here: [TMPRL1100] Nondeterminism error)" in capsys.readouterr().err
