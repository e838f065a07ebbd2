"""`swtemporal cache`: results that were kept for later runs."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.flags import Cache, Out
from cli.loop import complete
from cli.terminal import Form

cache = typer.Typer(name="cache", help="Look at results that were kept for later runs, and remove them.", no_args_is_help=True)


@cache.callback()
def _cache() -> None:
    """Look at results that were kept for later runs, and remove them."""


@cache.command("list")
def list_results(place: Cache = None, output: Out = Form.TEXT) -> None:
    """List results that may be used again, without their values."""
    from cli.caching import kept, show

    show(complete(kept(place)), output)


@cache.command()
def clear(
    key: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="Only the result of this key, or its beginning.", show_default=False)
    ] = None,
    workflow: Annotated[
        str | None, typer.Option("--workflow", metavar="NAMESPACE/NAME", help="Only what runs of this workflow kept.", show_default=False)
    ] = None,
    place: Cache = None,
    output: Out = Form.TEXT,
) -> None:
    """Remove results: one, those of a workflow, or all. Tasks are then performed anew."""
    from cli import terminal
    from cli.caching import remove

    removed = complete(remove(place, key, workflow))
    if output is Form.JSON:
        terminal.value({"removed": removed}, output)
    else:
        terminal.note(f"{removed} {'result' if removed == 1 else 'results'} removed")
