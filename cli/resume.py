"""`swtemporal resume`: let a suspended run go on."""

from __future__ import annotations

from cli import terminal
from cli.flags import Flags, Run, connected


@connected
def resume(run: Run, flags: Flags = Flags()) -> None:  # noqa: B008  frozen
    """Let a suspended run go on: what has come meanwhile is taken in order."""
    from cli.requests import ask
    from interpreter.temporal import client

    ask(run, flags, client.resume)
    terminal.note(f"run '{run}' is asked to go on")
