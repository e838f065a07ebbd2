"""`swtemporal result`: the output of a run."""

from __future__ import annotations

from cli.flags import Flags, Out, Quiet, Run, Timeout, connected, seconds
from cli.loop import complete
from cli.terminal import Form


@connected
def result(run: Run, timeout: Timeout = None, quiet: Quiet = False, output: Out = Form.TEXT, flags: Flags = Flags()) -> None:  # noqa: B008  frozen
    """Print the output of a run, waiting for its end if it is open (--timeout 0: not at all)."""
    patience_seconds = seconds(timeout, "--timeout")
    from cli.results import result_of
    from cli.waiting import Patience, finish

    finish(complete(result_of(run, Patience(timeout=patience_seconds, quiet=quiet), flags)), run, output)
