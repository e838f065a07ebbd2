"""`swtemporal worker`: the same as `worker.py`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.flags import Cache, EventSink, Flags, MapOrigin, Secrets, connected, seconds
from cli.loop import complete
from interpreter.defaults import TASK_QUEUE


@connected
def worker(
    task_queue: Annotated[str, typer.Option("--task-queue", envvar="SWTEMPORAL_TASK_QUEUE", help="The queue it polls.")] = TASK_QUEUE,
    map_origin: MapOrigin = None,
    event_sink: EventSink = None,
    secrets: Secrets = None,
    cache: Cache = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", envvar="SWTEMPORAL_POLICY", metavar="FILE", help="What documents may have it do.", show_default=False),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            envvar="SWTEMPORAL_ALLOW",
            metavar="HOST",
            help="Without a policy: a host, address or network beside the public ones that documents may reach; may be repeated.",
            show_default=False,
        ),
    ] = None,
    grace: Annotated[
        str | None,
        typer.Option(
            "--grace", envvar="SWTEMPORAL_GRACE", metavar="DURATION", help="How long calls may go on when it is told to end: 40s."
        ),
    ] = None,
    flags: Flags = Flags(),  # noqa: B008  frozen
) -> None:
    """Go on with submitted runs and their calls until SIGTERM or Ctrl-C; more workers on a queue share the work.

    Without a policy no document gets a script, a shell command, a container or a private address from it.
    """
    from cli.serving import serve_queue

    end = seconds(grace, "--grace")
    complete(serve_queue(task_queue, map_origin or [], event_sink, secrets or [], policy, allow or [], cache, end, flags), service=True)
