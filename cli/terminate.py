"""`swtemporal terminate`: end a run at once."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import terminal
from cli.flags import Flags, Run, connected


@connected
def terminate(
    run: Run,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever looks at the run later.")] = "terminated by swtemporal",
    flags: Flags = Flags(),  # noqa: B008  frozen
) -> None:
    """End a run at once, whatever it does; needs no worker. What it has started outside is not cancelled."""
    from cli.requests import ask
    from interpreter.temporal import client

    ask(run, flags, lambda handle: client.terminate(handle, reason))
    terminal.note(f"run '{run}' is terminated")
