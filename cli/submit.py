"""`swtemporal submit`: a run that workers elsewhere go on with."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.flags import Again, Catalog, Document, Flags, Input, LifecycleEvents, NoCache, Out, Quiet, Timeout, With, connected, seconds
from cli.loop import complete
from cli.terminal import Form
from interpreter.defaults import TASK_QUEUE


@connected
def submit(
    file: Document,
    input: Input = None,
    id: Annotated[str | None, typer.Option("--id", help="The run's id; submitted again, it is the same run.", show_default=False)] = None,
    with_: With = None,
    catalog: Catalog = None,
    again: Again = False,
    no_cache: NoCache = False,
    lifecycle_events: LifecycleEvents = False,
    task_queue: Annotated[str, typer.Option("--task-queue", help="The queue that the workers poll.")] = TASK_QUEUE,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end, and print its output instead of its id.")] = False,
    timeout: Timeout = None,
    quiet: Quiet = False,
    output: Out = Form.TEXT,
    flags: Flags = Flags(),  # noqa: B008  frozen
) -> None:
    """Start a run on a Temporal server and workers that run elsewhere, and print its id."""
    patience_seconds = seconds(timeout, "--timeout")
    from cli.order import order
    from cli.submitting import submit_order
    from cli.waiting import Patience

    ordered = order(file, with_ or [], input, catalogs=catalog or [], id=id, again=again, lifecycle_events=lifecycle_events, anew=no_cache)
    patience = Patience(timeout=patience_seconds, quiet=quiet) if wait else None
    complete(submit_order(ordered, task_queue, patience, output, flags))
