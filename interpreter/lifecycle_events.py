"""What happens in a run as the CloudEvents that the DSL defines for it, for whoever watches from outside.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#lifecycle-events
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from interpreter.arguments import iso8601
from interpreter.document.model import Header
from interpreter.effects import WORKFLOW, Notice
from interpreter.values import Json, size

OPTION = "lifecycleEvents"
"""The envelope's option that switches them on."""

OUTPUT_BYTES = 64_000
"""A longer output is left out, and so are longer correlation keys: an event tells of them, it does not carry them."""

_TIMES = {
    "created": "createdAt",
    "started": "startedAt",
    "suspended": "suspendedAt",
    "resumed": "resumedAt",
    "retried": "retriedAt",
    "cancelled": "cancelledAt",
    "faulted": "faultedAt",
    "completed": "completedAt",
    "correlation-started": "startedAt",
    "correlation-completed": "completedAt",
}
_LISTENS = "listen"


class Chronicle(NamedTuple):
    """Whose events these are: the document's header, the workflow's id, and the id of this run, unique for ever."""

    header: Header
    id: str
    run: str

    def of(self, notice: Notice, number: int) -> Iterator[Json]:
        """The events of a notice, the `number`th of its run: none for what the DSL has no event for."""
        for at, (kind, more) in enumerate(_kinds(notice)):
            whose = WORKFLOW if notice.reference == "" or kind.startswith("correlation") else "task"
            told = {"definition": self._definition} if whose == WORKFLOW and kind == "started" else {}
            yield self._event(whose, kind, notice.at, f"{number}.{at}", self._data(whose, notice) | told | more)

    def happened(self, kind: str, at: int, number: int, tasks: Sequence[str]) -> Iterator[Json]:
        """The events of something that happened to the run as a whole: `suspended`, `resumed`, `cancelled`.

        It happened to the `tasks` in progress, too (references, outermost first): a run goes on before its tasks do, and stops after them.
        """
        whole = [(WORKFLOW, {"name": self._name})]
        parts = [("task", {"workflow": self._name, "task": reference}) for reference in tasks]
        for nth, (whose, data) in enumerate([*whole, *parts] if kind == "resumed" else [*reversed(parts), *whole]):
            yield self._event(whose, kind, at, f"{number}.{nth}", data)

    def _event(self, whose: str, kind: str, at: int, number: str, data: Mapping[str, Json]) -> Json:
        instant = iso8601(at)
        return {
            "specversion": "1.0",
            "id": f"{self.run}-{number}",
            "source": f"/swtemporal/{self.header.namespace}/{self.header.name}",
            "subject": self.id,
            "type": f"io.serverlessworkflow.{whose}.{kind}.v1",
            "time": instant,
            "datacontenttype": "application/json",
            "data": {**data, _TIMES[kind]: instant},
        }

    def _data(self, whose: str, notice: Notice) -> dict[str, Json]:
        return {"name": self._name} if whose == WORKFLOW else {"workflow": self._name, "task": notice.reference}

    @property
    def _name(self) -> str:
        return f"{self.header.name}-{self.id}.{self.header.namespace}"

    @property
    def _definition(self) -> Json:
        return {"name": self.header.name, "namespace": self.header.namespace, "version": self.header.version}


def _kinds(notice: Notice) -> Iterator[tuple[str, dict[str, Json]]]:
    """The kinds of event that a notice gives, each with what it tells beyond name and time."""
    match notice.kind:
        case "started" if notice.reference:
            yield "created", {}
            yield "started", {}
        case "started":
            yield "started", {}
        case "retried":
            yield "retried", {}
        case "cancelled":
            yield "cancelled", {}
        case "faulted":
            yield "faulted", {"error": notice.data["error"]}
        case "completed":
            if "keys" in notice.data:
                yield "correlation-completed", _carried("correlationKeys", notice.data["keys"]) if notice.data["keys"] else {}
            yield "completed", _carried("output", notice.data["output"])
        case "waiting" if notice.kind_of_task == _LISTENS:
            yield "correlation-started", {}


def _carried(name: str, value: Json) -> dict[str, Json]:
    return {name: value} if size(value) <= OUTPUT_BYTES else {}
