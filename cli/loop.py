"""Where a command becomes asynchronous."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio

_Result = TypeVar("_Result")

LAST_SECONDS = 5
"""How long a command waits for what does not end when it is cancelled."""


def complete(work: Coroutine[Any, Any, _Result], *, service: bool = False) -> _Result:
    """Run a use case to its end; Ctrl-C cancels it. A service logs what happens."""
    import asyncio

    from cli import logs

    logs.set_up(service=service)
    runner = asyncio.Runner()
    try:
        return runner.run(work)
    finally:
        _close(runner)


def _close(runner: asyncio.Runner) -> None:
    """Close the loop; but a task that cannot be cancelled (the SDK's worker was seen to be one) does not hold the command: the process ends."""
    import asyncio

    loop = runner.get_loop()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=LAST_SECONDS))
    if not asyncio.all_tasks(loop):
        runner.close()
