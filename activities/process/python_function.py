"""The process in which a Python function is called: it reads what to call from standard input, and writes the result to standard output.

This file stands alone: the process has nothing of the worker but its installed packages.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys


def main() -> None:
    """Call `{module, function, arguments}`; whatever the function prints goes to standard error."""
    order = json.load(sys.stdin)
    result = os.dup(1)
    os.dup2(2, 1)
    called = getattr(importlib.import_module(order["module"]), order["function"])
    arguments = order["arguments"]
    returned = called(**arguments) if isinstance(arguments, dict) else called(*arguments)
    if inspect.isawaitable(returned):
        returned = asyncio.run(_awaited(returned))
    text = json.dumps(returned, ensure_ascii=True, allow_nan=False)
    sys.stdout.flush()
    with os.fdopen(result, "w", encoding="utf-8") as out:
        out.write(text)


async def _awaited(awaitable: object) -> object:
    return await awaitable  # type: ignore[misc]


if __name__ == "__main__":
    main()
