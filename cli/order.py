"""What is to be run, from the command line: the document with all it needs, its input, and under which id."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cli.bundle import bundle, check_size
from cli.catalogs import folders
from cli.documents import folder_of, runnable
from cli.exits import refuse
from cli.inputs import read_data
from interpreter.caching import OPTION as ANEW
from interpreter.document.envelope import Envelope
from interpreter.lifecycle_events import OPTION as LIFECYCLE
from interpreter.values import Json

ID_BYTES = 1000
"""The server's own limit on the length of an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`named`: the id was given, so there may be a run of it already; `again`: one that has ended does not count."""

    file: str
    envelope: Envelope
    input: Json
    id: str
    named: bool
    again: bool


def order(
    file: str,
    others: Sequence[str],
    data: Sequence[str] | None,
    *,
    catalogs: Sequence[str] = (),
    id: str | None,
    again: bool,
    lifecycle_events: bool = False,
    anew: bool = False,
) -> Order:
    """Everything read and checked; ends the command where something is wrong, before any server is asked. `anew`: nothing kept is used.

    Without any `data` the input is `{}`: what expressions read of it is then absent, as in an object that lacks it.
    """
    if id is not None and not 0 < len(id.encode()) <= ID_BYTES:
        refuse(f"--id must have 1 to {ID_BYTES} bytes")
    if file == "-" and data == ["-"]:
        refuse("the document and the input cannot both come from stdin")
    input = read_data(data, "--input") if data else {}
    root, rest, functions = runnable(file, others, folders(catalogs))
    envelope = bundle(root, rest, folder_of(file), functions)
    wished = {LIFECYCLE: lifecycle_events, ANEW: anew}
    if any(wished.values()):
        envelope = replace(envelope, options={**envelope.options, **{name: True for name, wish in wished.items() if wish}})
    check_size(envelope, input)
    name = root.document.document.name
    return Order(file=file, envelope=envelope, input=input, id=id or f"{name}-{secrets.token_hex(4)}", named=id is not None, again=again)
