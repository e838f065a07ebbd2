"""Data that are read where they can no longer be."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter import expressions
from interpreter.document.data import Data, Lost, lost
from interpreter.document.findings import Problem
from interpreter.document.flow import seen
from interpreter.document.rules.expressions import sources_of
from interpreter.document.rules.source import Source
from interpreter.document.spelling import nearest
from interpreter.document.wording import quoted
from interpreter.languages import JQ

_SHOWN = 6
"""Members that are named; of more, only the first."""


def lost_data(source: Source) -> Iterator[Problem]:
    """A member that is read can be there: every task's output replaces the data before it; checklist 45.

    Told only where it is certain, whichever way the flow came; extensions may change what there is.
    """
    if source.use.extensions or source.language is not JQ:
        return
    known = seen(source.document)
    for found in source.texts:
        data = _nearest_above(found.pointer, known)
        if data is None:
            continue
        try:
            paths = [expressions.needed(text) for text in sources_of(found, JQ)]
        except ValueError:
            continue  # another rule's business
        for gone in filter(None, (lost(data, path) for path in paths)):
            near = nearest(gone.name, gone.there.members or ())
            yield Problem(code="lost-data", pointer=found.pointer, message=_told(gone, near), severity="warning", nearest=near)


def _nearest_above(pointer: str, known: dict[str, Data]) -> Data:
    while pointer and pointer not in known:
        pointer = pointer.rpartition("/")[0]
    return known.get(pointer)


def _told(gone: Lost, near: str | None) -> str:
    by, members = gone.there.by, gone.there.members
    what = f"'{'.'.join(gone.above)}'" if gone.above else "the data"
    message = f"there can be no '{gone.name}' here: {what} is "
    if members is None:
        return f"{message}the list that {by} put out; an entry of it is read by its number: .[0].{gone.name}"
    message += f"what {by} put out, {_content(list(members))}"
    if near:
        return f"{message}; did you mean '{near}'?"
    if gone.above:
        return message
    return (
        f"{message}. A task's output replaces the data before it: keep what is needed later with 'export' and read it as "
        f"$context.{gone.name}, or merge it into the output with output: {{as: '${{ $input + . }}'}}"
    )


def _content(names: list[str]) -> str:
    if not names:
        return "an empty object"
    if len(names) <= _SHOWN:
        return f"with {quoted(names)} only"
    first = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return f"with {first} and {len(names) - _SHOWN} others"
