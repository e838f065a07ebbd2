"""Where a command becomes asynchronous."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def complete(work: Coroutine[Any, Any, _Result], *, service: bool = False) -> _Result:
    """Run a use case to its end; Ctrl-C cancels it. A service logs what happens."""
    import asyncio
    import signal

    from cli import logs

    logs.set_up(service=service)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # asyncio takes over from no other
    return asyncio.run(work)
