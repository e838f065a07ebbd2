"""`swtemporal run`: one document, here and now, with everything it needs in this process."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.exits import refuse
from cli.flags import (
    Again,
    Cache,
    Catalog,
    Document,
    EventSink,
    Flags,
    GrantedBeside,
    Input,
    LifecycleEvents,
    MapOrigin,
    NoCache,
    Out,
    Quiet,
    Secrets,
    Timeout,
    With,
    connected,
    seconds,
)
from cli.loop import complete
from cli.terminal import Form

_EPHEMERAL = "A server in memory that ends with this command: nothing is kept."


@connected
def run(
    file: Document,
    input: Input = None,
    id: Annotated[str | None, typer.Option("--id", help="The run's id: the same command continues it.", show_default=False)] = None,
    with_: With = None,
    catalog: Catalog = None,
    again: Again = False,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help=_EPHEMERAL)] = False,
    map_origin: MapOrigin = None,
    event_sink: EventSink = None,
    secrets: Secrets = None,
    cache: Cache = None,
    no_cache: NoCache = False,
    lifecycle_events: LifecycleEvents = False,
    policy: GrantedBeside = None,
    timeout: Timeout = None,
    quiet: Quiet = False,
    output: Out = Form.TEXT,
    flags: Flags = Flags(),  # noqa: B008  frozen
) -> None:
    """Run a document to its end, here. Needs nothing: where no Temporal server is named or listening, one is started.

    Progress is told on stderr, the output goes to stdout. After Ctrl-C, or worse, the same command with the same --id goes on.
    """
    if ephemeral and flags != Flags():
        refuse("--ephemeral starts a server of its own: leave the options of the connection out")
    patience_seconds = seconds(timeout, "--timeout")
    from cli import folders
    from cli.order import order
    from cli.running import activity_settings, own_policy, run_here
    from cli.waiting import Patience, finish

    ordered = order(file, with_ or [], input, catalogs=catalog or [], id=id, again=again, lifecycle_events=lifecycle_events, anew=no_cache)
    # Whoever types this command may do all of it already; what others put into its queue gets what the policy says, by itself nothing.
    granted = own_policy(ordered.envelope, policy)
    settings = activity_settings(map_origin or [], event_sink, granted, secrets or [], cache or folders.results())
    patience = Patience(timeout=patience_seconds, quiet=quiet)
    finish(complete(run_here(ordered, settings, patience, flags, ephemeral=ephemeral)), ordered.id, output)
