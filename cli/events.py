"""`swtemporal events`: what a run may be told from outside."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import terminal
from cli.flags import Flags, Out, Run, connected
from cli.terminal import Form

events = typer.Typer(name="events", help="Send events to a run.", no_args_is_help=True)


@events.callback()
def _events() -> None:
    """Send events to a run."""


@events.command()
@connected
def send(
    run: Run,
    type: Annotated[
        str | None, typer.Option("--type", help="The event's type, such as com.example.order.paid.", show_default=False)
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "-d", "--data", metavar="JSON|@FILE|-|KEY=VALUE", help="The event's data; key=value may be repeated.", show_default=False
        ),
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Who sends it, as a URI reference.")] = "swtemporal",
    id: Annotated[
        str | None, typer.Option("--id", help="The event's id: a second one of this id does nothing.", show_default=False)
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="FILE|-", help="Instead: a whole CloudEvent as JSON, or a list of them.", show_default=False),
    ] = None,
    output: Out = Form.TEXT,
    flags: Flags = Flags(),  # noqa: B008  frozen
) -> None:
    """Send a CloudEvent to a run. It is kept there until a task that listens takes it."""
    from cli.cloudevents import built, checked
    from cli.exits import refuse
    from cli.inputs import parse_json, read_data, read_text
    from cli.requests import ask
    from interpreter.temporal import client

    if (type is None) == (file is None):
        refuse("an event needs either --type (with -d for its data) or --file")
    if file is not None and (data or id):
        refuse("--file holds the whole event: leave --data and --id out")
    event = built(type, source, read_data(data, "--data"), id) if type else checked(parse_json(read_text(file or "-", "--file"), "--file"))
    ask(run, flags, lambda handle: client.signal_event(handle, event))
    if output is Form.JSON:
        terminal.value(event, output)
    else:
        terminal.note(f"sent to run '{run}'")
