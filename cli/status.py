"""`swtemporal status`: where a run stands."""

from __future__ import annotations

from cli.flags import Flags, Out, Run, connected
from cli.loop import complete
from cli.terminal import Form


@connected
def status(run: Run, output: Out = Form.TEXT, flags: Flags = Flags()) -> None:  # noqa: B008  frozen
    """Tell where a run stands: which tasks are in progress, and what each waits for. Works without a worker, too."""
    from cli.standing import show, standing

    show(complete(standing(run, flags)), output)
