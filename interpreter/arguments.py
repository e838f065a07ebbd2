"""The arguments of runtime expressions: which `$names` exist at which step of a task, computed only when asked for.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#runtime-expression-arguments
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import IntEnum

from interpreter.defaults import METADATA, PRODUCT
from interpreter.faults import fault
from interpreter.scope import Run, Scope
from interpreter.values import Json


class Stage(IntEnum):
    """How far a task (or the workflow) has come; each stage knows all that the ones before it know, but for `$output`."""

    BEFORE = 0
    """`if`, `input.from`."""
    INSIDE = 1
    """The task itself."""
    OUTPUT = 2
    """`output.as`: `$output` is the raw output."""
    EXPORT = 3
    """`export.as`: `$output` is the transformed output."""


_MEMBERS = {
    ("input", Stage.INSIDE): "in",
    ("input", Stage.OUTPUT): "in",
    ("input", Stage.EXPORT): "in",
    ("output", Stage.OUTPUT): "raw",
    ("output", Stage.EXPORT): "out",
}
"""The members of a task's frame that `$input` and `$output` stand for."""


class Arguments(Mapping[str, Json]):
    """The arguments one task's expressions see. A name that is not available at the stage is absent (`KeyError`)."""

    __slots__ = ("_frame", "_name", "_scope", "stage")

    def __init__(self, scope: Scope, name: str, frame: dict[str, Json]) -> None:
        self._scope = scope
        self._name = name
        self._frame = frame
        self.stage = Stage.BEFORE

    def __getitem__(self, name: str) -> Json:
        scope = self._scope
        if name in scope.variables:
            return scope.variables[name]
        if name == "context":
            return scope.context
        if name == "task":
            return self._task()
        member = _MEMBERS.get((name, self.stage))
        return of_the_run(scope.run, name) if member is None else self._frame[member]

    def _task(self) -> Json:
        frame, scope = self._frame, self._scope
        described = {
            "name": self._name,
            "reference": scope.pointer,
            "definition": scope.run.definition.raw_at(scope.pointer),
            "input": frame["raw_in"],
        }
        if "raw" in frame:
            described["output"] = frame["raw"]
        described["startedAt"] = instant(frame["started"])
        return described

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys((*self._scope.variables, "context", "input", "output", "task", "workflow", "runtime"))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class WorkflowArguments(Mapping[str, Json]):
    """The arguments of the workflow's own `input.from`, `timeout` and `output.as`: there is no task yet, or any more."""

    __slots__ = ("_run", "stage")

    def __init__(self, run: Run) -> None:
        self._run = run
        self.stage = Stage.BEFORE

    def __getitem__(self, name: str) -> Json:
        if name == "context" and self.stage >= Stage.OUTPUT:
            return self._run.state["context"]
        return of_the_run(self._run, name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in ("context", "workflow", "runtime") if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def of_the_run(run: Run, name: str) -> Json:
    """`$workflow`, `$runtime` and, where the document allows it, `$secrets`; `KeyError` for any other name."""
    state = run.state
    match name:
        case "workflow":
            return {
                "id": state["run"]["id"],
                "definition": run.definition.raw,
                "input": state["input"],
                "startedAt": instant(state["run"]["started"]),
            }
        case "runtime":
            return {"name": PRODUCT, "version": run.host.version, "metadata": {}}
        case "secrets" if "secrets" in state:
            return state["secrets"]
        case "secrets":
            allowed = f"`metadata.{METADATA}.secretsInData: true` allows it, and leaves the values in history"
            raise fault("authorization", f"$secrets may not be read here, where its value would stand in the run's history; {allowed}")
    raise KeyError(name)


def instant(milliseconds: int) -> Json:
    """An instant as `startedAt` describes it."""
    return {
        "iso8601": iso8601(milliseconds),
        "epoch": {"seconds": milliseconds // 1000, "milliseconds": milliseconds},
    }


def iso8601(milliseconds: int) -> str:
    """An instant in RFC 3339 form, in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(milliseconds // 1000, tz=UTC)
    return f"{moment.isoformat()[:19]}.{milliseconds % 1000:03}Z"
