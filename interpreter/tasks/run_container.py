"""`run: container`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#container-process
"""

from __future__ import annotations

from interpreter.document.model import ContainerRun, Lifetime
from interpreter.effects import RUN_CONTAINER
from interpreter.tasks import process
from interpreter.values import Json
from interpreter.visit import Request, Result, Visit

_NOT_FREE = frozenset({"lifetime", "pullPolicy"})


def execute(task: ContainerRun, visit: Visit) -> Result:
    """What the activity `run.container` gives."""
    return process.execute(task.run, visit, RUN_CONTAINER, lambda: _request(task, visit))


def _request(task: ContainerRun, visit: Visit) -> Request:
    container, header = task.run.container, visit.run.definition.document.document
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/run/container")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, "run/container", without=_NOT_FREE)
    arguments: dict[str, Json] = {
        **filled,
        "of": {"namespace": header.namespace, "workflow": header.name, "task": visit.name},
        "pullPolicy": container.pull_policy or "ifNotPresent",
        "lifetime": _lifetime(container.lifetime or Lifetime(), visit),
        **process.outcome(task.run, visit),
    }
    return Request(arguments, deferred, process.shown(container.image))


def _lifetime(lifetime: Lifetime, visit: Visit) -> Json:
    """`{cleanup, after?}`, the latter in milliseconds."""
    if lifetime.after is None:
        return {"cleanup": lifetime.cleanup}
    return {"cleanup": lifetime.cleanup, "after": visit.milliseconds(lifetime.after, "run/container/lifetime/after")}
