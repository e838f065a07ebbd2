"""Put the Temporal CLI into a folder: downloaded by the SDK, else built by Go's client.

Usage: python temporal.py FOLDER VERSION
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

from temporalio.testing import WorkflowEnvironment


async def download(folder: Path) -> Path:
    """The CLI as the SDK downloads it; `RuntimeError` where that is not possible."""
    async with await WorkflowEnvironment.start_local(download_dest_dir=str(folder)):
        return next(path for path in folder.iterdir() if path.name.startswith("temporal-"))


def build(folder: Path, version: str) -> None:
    """The CLI built from its module, which takes some minutes once."""
    go = shutil.which("go")
    if go is None:
        message = "no Temporal CLI: it is not on PATH, cannot be downloaded here, and Go is not installed to build it"
        raise SystemExit(f"{message}; install it from https://docs.temporal.io/cli and try again")
    sys.stderr.write("building the Temporal CLI with Go, once: about three minutes\n")
    subprocess.run(
        [go, "install", f"github.com/temporalio/cli/cmd/temporal@{version}"], env={**os.environ, "GOBIN": str(folder)}, check=True
    )


def main() -> None:
    """Download if possible, else build."""
    folder, version = Path(sys.argv[1]).resolve(), sys.argv[2]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        (folder / "temporal").symlink_to(asyncio.run(download(folder)).name)
    except RuntimeError as error:
        sys.stderr.write(f"the Temporal CLI cannot be downloaded ({str(error).splitlines()[0]})\n")
        build(folder, version)
    sys.stderr.flush()
    os._exit(0)  # the SDK's runtime, once used, sometimes crashes a process that ends in the ordinary way


if __name__ == "__main__":
    main()
