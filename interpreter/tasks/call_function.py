"""`call` of a function: a task of `use.functions`, of a catalog, or at a URL, with arguments of its own as input.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#using-a-custom-function
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from interpreter.callee import Callee, callee_in
from interpreter.document.catalogs import BUILT_IN, DEFAULT, HTTP_CONTAINER, addressed, catalogued, reference
from interpreter.document.model import FunctionCall
from interpreter.endpoints import Target, located, shown
from interpreter.faults import fault
from interpreter.resources import Text, fetched
from interpreter.scope import Scope
from interpreter.tasks import function_activity, function_http_container, function_log, function_map, function_python
from interpreter.visit import Result, Visit

_DIRECTIVES = ("continue", "exit")


def execute(task: FunctionCall, visit: Visit) -> Result:
    """What the function's task puts out; its input is the evaluated `with`, the call's own input where there is none.

    Frame: `source` (of a function that stands elsewhere: `{uri, text}`), `given` (its input), `kid`.
    """
    own = _own(task, visit)
    if own is not None:
        return _built_in()[own](task, visit)
    callee, frame = _callee(task, visit), visit.frame
    if "given" not in frame:
        given = visit.input if task.with_ is None else visit.fill(task.with_, "with")
        frame["given"], frame["kid"] = visit.run.admit(given, f"the arguments of '{visit.name}'"), {}
    if callee.source is not None:
        visit.run.lend(callee.pointer, callee.source)
    output, then = visit.run_branch(callee.entry, _scope(visit, callee), frame["given"], frame["kid"])
    del frame["kid"]
    if then == "end":
        return Result(output, "end")
    if then not in _DIRECTIVES:
        raise fault("configuration", f"'then' of the function '{task.call}' names the task '{then}'; a function stands in no list")
    return Result(output)


def _built_in() -> Mapping[str, Callable[[FunctionCall, Visit], Result]]:
    """The functions of the default catalog."""
    return {
        "log:1.0.0": function_log.execute,
        "activity:1.0.0": function_activity.execute,
        "map:1.0.0": function_map.execute,
        "python:1.0.0": function_python.execute,
        HTTP_CONTAINER: function_http_container.execute,
    }


def _own(task: FunctionCall, visit: Visit) -> str | None:
    """The name and version of a function of the product's own catalog, unless the document or the command line has one of that name."""
    found = reference(task.call)
    if found is None or found.catalog != DEFAULT or found.carried in visit.run.host.resources:
        return None
    use = visit.run.definition.document.use
    if use is not None and use.catalogs and DEFAULT in use.catalogs:
        return None
    name = f"{found.name}:{found.version}"
    if name in BUILT_IN:
        return name
    raise fault("configuration", f"the catalog '{DEFAULT}' has no '{name}'; it has {', '.join(BUILT_IN)}")


def _callee(task: FunctionCall, visit: Visit) -> Callee:
    """The function; a `configuration` fault where there is none, or it is being called already. Blocks while it is being fetched."""
    use = visit.run.definition.document.use
    if task.call not in ((use and use.functions) or {}) and "source" not in visit.frame:
        visit.frame["source"] = _text(task.call, visit)._asdict()
    try:
        callee = callee_in(visit.run.definition.document, task.call, visit.frame)
    except ValueError as error:
        raise fault("configuration", f"the function '{task.call}' cannot be read: {error}") from None
    calls = visit.scope.calls
    if callee.pointer in calls:
        circle = " → ".join(place.rpartition("/")[2] for place in (*calls[calls.index(callee.pointer) :], callee.pointer))
        raise fault("configuration", f"functions call each other in a circle: {circle}")
    return callee


def _text(call: str, visit: Visit) -> Text:
    """The text of a function that stands in a catalog or at a URL."""
    found = reference(call)
    if found is None and "://" in call:
        first, *others = addressed(call)
        return fetched(visit, lambda: (Target({"uri": first}, {}, shown(first), reads_secrets=False), tuple(others)))
    if found is None:
        raise fault("configuration", f"'use.functions' has no '{call}'")
    if found.carried in visit.run.host.resources:
        return Text(found.carried, visit.run.host.resources[found.carried])
    use = visit.run.definition.document.use
    catalog = ((use and use.catalogs) or {}).get(found.catalog)
    if catalog is None:
        raise fault("configuration", f"'use.catalogs' has no '{found.catalog}', and the run carries no '{call}'")
    written = visit.run.definition.raw["use"]["catalogs"][found.catalog]["endpoint"]
    policy = written.get("authentication") if isinstance(written, dict) else None

    def find() -> tuple[Target, tuple[str, ...]]:
        root = located(visit, catalog.endpoint, policy, "catalog")
        first, *others = catalogued(root.arguments["uri"], found)
        return root._replace(arguments={**root.arguments, "uri": first}, shown=call), tuple(others)

    return fetched(visit, find)


def _scope(visit: Visit, callee: Callee) -> Scope:
    """What the function sees: the context, but none of the caller's variables."""
    scope = visit.scope
    return replace(
        scope,
        pointer=callee.pointer,
        address=f"{scope.address}/call",
        variables={},
        retry=None,
        depth=scope.depth + 1,
        calls=(*scope.calls, callee.pointer),
    )
