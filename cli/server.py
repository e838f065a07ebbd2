"""`swtemporal server`: the embedded server, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli import terminal
from cli.exits import Code, Stop, fail
from cli.flags import Out
from cli.loop import complete
from cli.terminal import Form

if TYPE_CHECKING:
    from interpreter.temporal.embedded import Server

server = typer.Typer(name="server", help="The embedded Temporal server that 'run' starts when it needs one.", no_args_is_help=True)


@server.command()
def start(
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Its port; 0: any free one. [default: 7233]", show_default=False)
    ] = None,
    idle: Annotated[
        float | None,
        typer.Option(
            "--idle", metavar="SECONDS", min=0, help="End it when unused for so long; 0: never. [default: 1800]", show_default=False
        ),
    ] = None,
    output: Out = Form.TEXT,
) -> None:
    """Start it, unless it runs; it keeps its data, and serves all commands that name no other server."""
    from cli.folders import embedded as configured
    from interpreter.temporal import embedded
    from interpreter.temporal.binary import NoServer

    settings = configured()
    chosen = replace(settings, port=settings.port if port is None else port, idle=settings.idle if idle is None else idle)
    try:
        show(complete(embedded.start(chosen, terminal.note)), output)
    except NoServer as error:
        fail(str(error))


@server.command()
def stop() -> None:
    """End it; its data is kept, and open runs go on when it is started again."""
    from cli.folders import embedded as configured
    from interpreter.temporal import embedded
    from interpreter.temporal.binary import NoServer

    try:
        ended = complete(embedded.stop(configured().folder))
    except NoServer as error:
        fail(str(error))
    terminal.note("no embedded server runs" if ended is None else f"the embedded server at {ended.address} has ended")


@server.command()
def status(output: Out = Form.TEXT) -> None:
    """Tell whether it runs, and where; exits 1 when it does not."""
    from cli.folders import embedded as configured
    from interpreter.temporal import embedded

    running = embedded.current(configured().folder)
    if running is None:
        if output is Form.JSON:
            terminal.value(None, output)
        raise Stop(Code.FAILURE, "no embedded server runs: 'swtemporal server start' starts one, and so does 'swtemporal run'")
    show(running, output)


def show(running: Server, form: Form) -> None:
    """Write where a server is."""
    from dataclasses import asdict

    if form is Form.JSON:
        terminal.value(asdict(running), form)
        return
    terminal.line(f"address  {running.address}")
    terminal.line(f"Web UI   {running.ui}")
    terminal.line(f"data     {running.database}")
    terminal.line(f"log      {running.log}")
    if running.watchdog is None:
        terminal.warn("its watchdog was killed, so it will not end by itself: 'swtemporal server stop' ends it")
