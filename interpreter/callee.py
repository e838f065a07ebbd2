"""What a call leads to: a function of the document, or one whose text stands in the call's frame."""

from __future__ import annotations

from typing import NamedTuple

from interpreter.document.blocks import Named
from interpreter.document.catalogs import reference
from interpreter.document.functions import function_in
from interpreter.document.model import Document, TaskEntry
from interpreter.values import Json, join


class Callee(NamedTuple):
    """A function's task, where it counts as standing, and (where it stands elsewhere) what is written there."""

    entry: TaskEntry
    pointer: str
    source: Json = None


def callee_in(document: Document, call: str, frame: dict[str, Json]) -> Callee:
    """The function that `call` names; of one that stands elsewhere `frame` holds the `source`: `{uri, text}`.

    `KeyError` where there is none, `ValueError` (with the place in the text) where its text holds none.
    """
    functions = (document.use and document.use.functions) or {}
    if call in functions:
        return Callee(Named(name=call, body=functions[call]), join("/use/functions", call))
    source = frame["source"]
    function = function_in(source["text"], source["uri"])
    found = reference(call)
    pointer = join("/use/catalogs", found.catalog, "functions", found.name, found.version) if found else join("/use/functions", call)
    return Callee(Named(name=found.name if found else call, body=function.task), pointer, function.raw)
