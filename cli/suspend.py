"""`swtemporal suspend`: hold a run."""

from __future__ import annotations

from cli import terminal
from cli.flags import Flags, Run, connected


@connected
def suspend(run: Run, flags: Flags = Flags()) -> None:  # noqa: B008  frozen
    """Hold a run: what runs is finished, nothing new is started; clocks go on, results and events queue."""
    from cli.requests import ask
    from interpreter.temporal import client

    ask(run, flags, client.suspend)
    terminal.note(f"run '{run}' is asked to hold; 'swtemporal resume {run}' lets it go on")
