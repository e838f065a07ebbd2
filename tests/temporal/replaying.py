"""Replays recorded histories: `python -m tests.temporal.replaying FOLDER` fails when one of them does not replay."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from temporalio.client import WorkflowHistory

from interpreter.evaluation.child_evaluator import shared
from interpreter.temporal.serve import replayer


def replay_elsewhere(folder: Path) -> None:
    """Replay a folder's histories in another process, where dictionaries hash and clocks tell otherwise."""
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.temporal.replaying", str(folder)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def replay(paths: list[Path]) -> int:
    for path in paths:
        recorded = json.loads(path.read_text())
        await replayer().replay_workflow(WorkflowHistory.from_json(recorded["id"], recorded["history"]))
    return len(paths)


if __name__ == "__main__":
    count = asyncio.run(replay(sorted(Path(sys.argv[1]).glob("*.json"))))
    shared().close()
    print(f"{count} histories replayed", flush=True)  # noqa: T201
    os._exit(0)
