"""The use cases of `cache list` and `cache clear`."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import NamedTuple

from activities.cache.entry import About, Garbage, about_in
from activities.cache.store import Shelf
from activities.redact import Redaction
from cli import folders, terminal
from cli.exits import fail, refuse
from cli.progress import moment
from cli.running import cache_of
from cli.terminal import Form

_PATIENCE = 30.0
"""Seconds for everything a command asks of a cache."""

_SHOWN = 12
"""Digits of a key in a table."""

_KEY = re.compile(r"[0-9a-f]{8,64}")


class Found(NamedTuple):
    """What a cache holds: what can be read, and how much cannot."""

    results: list[About]
    unreadable: int


async def kept(place: str | None) -> Found:
    """What a cache holds, the latest first."""
    results, unreadable = [], 0
    async with _shelf(place) as shelf:
        async for text in shelf.abouts(time.time_ns() // 1_000_000):
            try:
                results.append(about_in(text))
            except Garbage:
                unreadable += 1
    return Found(sorted(results, key=lambda about: about.stored, reverse=True), unreadable)


async def remove(place: str | None, key: str | None, workflow: str | None) -> int:
    """Remove what is named, or all; how much that was."""
    if key is not None and workflow is not None:
        refuse("name either a KEY or a --workflow")
    if key is not None and not _KEY.fullmatch(key):
        refuse(f"a KEY has 8 to 64 hexadecimal digits, as 'swtemporal cache list' shows them, found '{key}'")
    if workflow is not None and not all(workflow.partition("/")):
        refuse(f"--workflow takes NAMESPACE/NAME, found '{workflow}'")
    async with _shelf(place) as shelf:
        return await shelf.remove(prefix=key or "", workflow=workflow)


def show(found: Found, form: Form) -> None:
    """Write what a cache holds."""
    if form is Form.JSON:
        terminal.value([{name: value for name, value in asdict(about).items() if name != "version"} for about in found.results], form)
    elif not found.results:
        terminal.note("no results")
    else:
        rows = [
            [one.key[:_SHOWN], one.workflow, one.task, one.kind, str(one.bytes), moment(one.stored), moment(one.expires)]
            for one in found.results
        ]
        terminal.table(["KEY", "WORKFLOW", "TASK", "KIND", "BYTES", "STORED", "EXPIRES"], rows)
    if found.unreadable:
        terminal.warn(f"{found.unreadable} that cannot be read; 'swtemporal cache clear' removes them with all others")


@asynccontextmanager
async def _shelf(text: str | None) -> AsyncIterator[Shelf]:
    """The store of a place; whatever it fails with ends the command, without a word of its credentials."""
    place = cache_of(text or folders.results())
    try:
        shelf = place.shelf()
    except ValueError as error:
        refuse(f"--cache: {error}")
    try:
        async with asyncio.timeout(_PATIENCE):
            yield shelf
    except Exception as error:  # noqa: BLE001  the drivers' errors have no common root
        redaction = Redaction()
        redaction.hide(place.hidden)
        why = redaction(" ".join(str(error).split())) or type(error).__name__
        fail(f"the cache at {place.shown} cannot be used: {why}")
    finally:
        await shelf.close()
