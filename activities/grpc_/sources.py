"""The proto files of a call: the first one, and all that it imports, carried by the run or fetched from where the first one was."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

from activities.documents import Documents
from activities.grpc_.protos import Sources
from activities.invocation import Invocation
from interpreter.faults import fault
from interpreter.protos import Import, beside, gathered, name_of
from interpreter.values import Json


async def sources(invocation: Invocation, documents: Documents) -> Sources:
    """The files of `with.document`: `{uri, content, imports?}` as they are, `{uri}` fetched, and what it imports from addresses beside it.

    Faults: as for an HTTP call, told with who imports what; `configuration` for what is too much, leads elsewhere, or is not carried.
    """
    given: Json = invocation.with_["document"]
    name, text = name_of(given["uri"]), await documents.text(invocation)
    needed = gathered(name, text)
    wanted = await asyncio.to_thread(_advanced, needed, None)
    while isinstance(wanted, Import):
        wanted = await asyncio.to_thread(_advanced, needed, await _text(invocation, documents, wanted))
    return Sources(name, text, wanted)


def _advanced(needed: Generator[Import, str, dict[str, str]], text: str | None) -> Import | dict[str, str]:
    """What is needed next, or at the end all of it. Takes its time for long texts."""
    try:
        return next(needed) if text is None else needed.send(text)
    except StopIteration as end:
        found: dict[str, str] = end.value
        return found
    except ValueError as error:
        raise fault("configuration", f"the proto cannot be compiled: {error}") from None


async def _text(invocation: Invocation, documents: Documents, wanted: Import) -> str:
    given: Json = invocation.with_["document"]
    if "content" not in given:
        shown = beside(invocation.shown["document"]["uri"], wanted.name)
        return await documents.at(invocation, beside(given["uri"], wanted.name), f"{shown} (imported by '{wanted.importer}')")
    found = given.get("imports", {}).get(wanted.name)
    if found is None:
        raise fault(
            "configuration", f"the proto cannot be compiled: '{wanted.importer}' imports '{wanted.name}', which the run does not carry"
        )
    return str(found)
