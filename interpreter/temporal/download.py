"""`python -m interpreter.temporal.download FOLDER`: the Temporal CLI as the SDK downloads it, as FOLDER/temporal."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from temporalio.testing import WorkflowEnvironment


async def download(folder: Path) -> None:
    """Download the CLI unless `folder` has it; `RuntimeError` where that is not possible."""
    async with await WorkflowEnvironment.start_local(download_dest_dir=str(folder)):
        _rename(folder)


def _rename(folder: Path) -> None:
    """The SDK names the file after its own version; one name is found by whoever looks on a search path."""
    program = next(path for path in folder.iterdir() if path.name.startswith("temporal-"))
    program.replace(folder / "temporal")


def main() -> int:
    """0, or 1 with one line on stderr."""
    try:
        asyncio.run(download(Path(sys.argv[1])))
    except RuntimeError as error:
        sys.stderr.write(f"{str(error).splitlines()[0].rpartition(': ')[2]}\n")
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # the SDK's runtime, once used, sometimes crashes a process that ends in the ordinary way
