"""`swtemporal list`: runs, the latest first."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.flags import Flags, Out, connected
from cli.loop import complete
from cli.terminal import Form


@connected
def list_runs(
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="running|completed|faulted|cancelled|terminated", help="Only these.", show_default=False),
    ] = None,
    definition: Annotated[
        str | None, typer.Option("--definition", metavar="NAMESPACE/NAME", help="Only runs of this document.", show_default=False)
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="Only what Temporal's list filter lets through.", show_default=False)] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many at most.")] = 20,
    output: Out = Form.TEXT,
    flags: Flags = Flags(),  # noqa: B008  frozen
) -> None:
    """List runs, the latest first; each run that continues a long one is a line of its own."""
    from cli.listing import filter_of, runs, show

    show(complete(runs(filter_of(status, definition, query), limit, flags)), output)
