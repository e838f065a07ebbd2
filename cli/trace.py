"""`swtemporal trace`: what a run did, task by task."""

from __future__ import annotations

from cli.flags import Flags, Out, Run, connected
from cli.loop import complete
from cli.terminal import Form


@connected
def trace(run: Run, output: Out = Form.TEXT, flags: Flags = Flags()) -> None:  # noqa: B008  frozen
    """Tell what a run did, task by task: input, output, why a branch was taken, how often it was tried. Works without a worker, too."""
    from cli.tracing import show, traced

    show(complete(traced(run, flags)), output)
