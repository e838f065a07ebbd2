"""What is done with each event or message that a subscription brings, one at a time.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#subscription-iterator
"""

from __future__ import annotations

from interpreter.document.model import Iterator
from interpreter.schemas import hold
from interpreter.values import Json
from interpreter.visit import Visit


def handle(foreach: Iterator | None, visit: Visit, way: str, *, kept: bool, counted: bool) -> str:
    """Deal with the item: `foreach` where there is one. What it gives joins `got`, if that is `kept`; how its `do` ended is the answer.

    `counted`: a condition looks at the items themselves, which beside a `foreach` then stand in `read`.
    Frame: `item`, `n` (how many came before), `got`.
    """
    frame = visit.frame
    item = frame["item"]
    output, then = (item, "continue") if foreach is None else _each(foreach, visit, way)
    if kept:
        frame["got"].append(visit.run.admit(output, f"what '{visit.name}' got"))
        if foreach is not None and counted:
            frame.setdefault("read", []).append(visit.run.admit(item, f"what '{visit.name}' consumed"))
    frame["n"] += 1
    for name in ("item", "kid", "result", "shaped", "exported"):
        frame.pop(name, None)
    return then


def _each(foreach: Iterator, visit: Visit, way: str) -> tuple[Json, str]:
    """`do` on the item, then `output` and `export` on its result, as for a task; gives the output and how `do` ended.

    `way` leads from the task to the iterator. Frame: `item` and `n` (how many came before) are given; `kid`, `result`, `shaped` and
    `exported` say how far this one has come.
    """
    frame = visit.frame
    item, n = frame["item"], frame["n"]
    variables = {foreach.item: item, foreach.at: n}
    if "result" not in frame:
        result, then = item, "continue"
        if foreach.do:
            kid = frame.setdefault("kid", {})
            result, then = visit.tasks(foreach.do, f"{way}/do", item, kid, variables=variables, index=n, heard=True)
        frame["result"] = [result, then]
    if "shaped" not in frame:
        result = frame["result"][0]
        shape = foreach.output.as_ if foreach.output is not None else None
        frame["shaped"] = visit.run.admit(
            visit.place.transform(shape, result, f"{way}/output[{n}]", {**variables, "output": result}), f"what '{visit.name}' got"
        )
    output, then = frame["shaped"], frame["result"][1]
    if "exported" not in frame:
        hold(visit, foreach.output.schema if foreach.output else None, output, "an output", f"{way}/output/schema", f"[{n}]")
        if foreach.export is not None and foreach.export.as_ is not None:
            context = visit.place.transform(foreach.export.as_, output, f"{way}/export[{n}]", {**variables, "output": output})
            visit.scope.export(visit.run.admit(context, f"what '{visit.name}' exports"))
        frame["exported"] = True
    schema = foreach.export.schema if foreach.export else None
    hold(visit, schema, visit.scope.context, "the exported context", f"{way}/export/schema", f"[{n}]")
    return output, then
