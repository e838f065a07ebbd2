"""Options of the tests, an end for each that waits for ever, and an ear for secrets in what is logged."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator

import pytest

from tests.canaries import Listener

PATIENCE = 0.9
"""The part of pytest's timeout after which a coroutine is cancelled from inside.

A timeout of pytest leaves the event loop but not the coroutine: the fixtures' ends would queue behind it for ever.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--generated", type=int, default=300, help="how many generated documents are interrupted (tests/interpreter/test_interruption.py)"
    )


def pytest_configure() -> None:
    # Started in the background, a test run ignores Ctrl-C, and so would every command that it starts and interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj) and not hasattr(item.obj, "hypothesis"):
        marker = item.get_closest_marker("timeout")
        item.obj = _ended(item.obj, float(marker.args[0] if marker else item.config.getini("timeout")) * PATIENCE)


def _ended(test: Callable[..., Awaitable[None]], seconds: float) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def ended(*arguments: object, **named: object) -> None:
        async with asyncio.timeout(seconds):
            await test(*arguments, **named)

    return ended


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    found = Listener()
    logging.getLogger().addHandler(found)
    yield found
    logging.getLogger().removeHandler(found)


@pytest.fixture(autouse=True)
def no_secret_is_logged(listener: Listener) -> Iterator[None]:
    yield
    told = [*listener.told]
    listener.told.clear()
    assert told == []
