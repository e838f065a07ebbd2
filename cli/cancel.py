"""`swtemporal cancel`: end a run in order."""

from __future__ import annotations

from cli import terminal
from cli.flags import Flags, Run, connected


@connected
def cancel(run: Run, flags: Flags = Flags()) -> None:  # noqa: B008  frozen
    """Ask a run to cancel: its calls and sub-workflows are cancelled, nothing after them runs. Needs a worker."""
    from cli.requests import ask
    from interpreter.temporal import client

    ask(run, flags, client.cancel)
    terminal.note(f"run '{run}' is asked to cancel; 'swtemporal result {run}' waits for its end")
