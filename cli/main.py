"""The command `swtemporal`: its commands, and the outermost level, where every command ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from cli import terminal
from cli.cache import cache
from cli.cancel import cancel
from cli.events import events
from cli.exits import Code, Stop
from cli.list import list_runs
from cli.new import new
from cli.result import result
from cli.resume import resume
from cli.run import run
from cli.schema import schema
from cli.server import server
from cli.status import status
from cli.submit import submit
from cli.suspend import suspend
from cli.terminate import terminate
from cli.trace import trace
from cli.validate import validate
from cli.worker import worker

app = typer.Typer(
    name="swtemporal",
    help="Run Serverless Workflow documents on Temporal, durably.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DOCUMENTS, RUNS, SERVICES = "Documents", "Runs", "Services"

for panel, commands in {
    DOCUMENTS: (new, validate, schema),
    RUNS: (run, submit, status, trace, result, cancel, terminate, suspend, resume),
    SERVICES: (worker,),
}.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.command("list", rich_help_panel=RUNS)(list_runs)
app.add_typer(events, rich_help_panel=RUNS)
app.add_typer(cache, rich_help_panel=RUNS)
app.add_typer(server, rich_help_panel=SERVICES)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed

        terminal.line(f"swtemporal {installed('swtemporal')}")
        raise typer.Exit


@app.callback()
def swtemporal(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    """Run Serverless Workflow documents on Temporal, durably."""


def invoke(arguments: Sequence[str]) -> int:
    """Run one command; the exit code. Expected errors become one line on stderr, anything else is a bug and goes on up."""
    try:
        app(list(arguments), prog_name="swtemporal")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Code.FAILURE
    except Stop as stop:
        if stop.message:
            terminal.error(stop.message)
        if stop.problem is not None:
            terminal.details(stop.problem)
        return stop.code
    except KeyboardInterrupt:
        return Code.INTERRUPTED
    except BrokenPipeError:
        return Code.COMPLETED
    return Code.COMPLETED


def main() -> NoReturn:
    """The entry point: one command, and then the end of the process at once."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # A KeyboardInterrupt raised while modules are imported may come out where Python ignores it: the command would go on.
        signal.signal(signal.SIGINT, lambda *_: os._exit(Code.INTERRUPTED))
    try:
        code = invoke(sys.argv[1:])
    except Exception:  # noqa: BLE001  a bug of ours; the process ends by os._exit, which would swallow it
        import traceback

        traceback.print_exc()
        code = Code.FAILURE
    if "interpreter.temporal.telemetry" in sys.modules:
        from interpreter.temporal import telemetry

        telemetry.flush()
    # Temporal's client, once used, crashes about every tenth process that ends in the ordinary way (sdk-python issue 300).
    os._exit(_flushed(code))


def _flushed(code: int) -> int:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:  # the reader has gone, and has what it wanted
            continue
    return code
