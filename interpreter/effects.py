"""The border of the pure core on one page: what a pass leaves behind for the world to do.

A pass (`engine.advance`) starts nothing. It returns the effects it *wants*, the instants it waits for, and what
happened; whoever called it starts what is not running yet, cancels what is no longer wanted, and comes back with answers.

Instants are whole milliseconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from interpreter.faults import Problem
from interpreter.values import Json

# Activity types: chosen once, in every history, never renamed.
CALL_HTTP = "call.http"
CALL_GRPC = "call.grpc"
CALL_MCP = "call.mcp"
CALL_A2A = "call.a2a"
CALL_OPENAPI = "call.openapi"
CALL_ASYNCAPI = "call.asyncapi"
ASYNCAPI_POLL = "asyncapi.poll"
ASYNCAPI_END = "asyncapi.end"
EMIT = "emit"
FUNCTION_ACTIVITY = "function.activity"  # asks whether it may be; then an activity of any type is scheduled, of whoever serves it
FUNCTION_HTTP_CONTAINER = "function.http-container"
FUNCTION_PYTHON = "function.python"
FETCH = "resource.fetch"
RUN_CONTAINER = "run.container"
RUN_SCRIPT = "run.script"
RUN_SHELL = "run.shell"
RUN_WORKFLOW = "run.workflow"
READ_SECRETS = "secrets.read"
LIFECYCLE = "lifecycle.publish"  # no effect of a document: the shell's own

WORKFLOW = "workflow"
"""The keyword under which notices speak of the run itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing the run wants done outside.

    `id` is `reference#n`, unique in the whole chain of runs; `key` is the idempotency key, the same for every attempt.
    `arguments` is the JSON object the activity gets as its only argument: `{task, reference, key, with, timeout?, deferred?, now?, secrets?, certificate?, retry?, cache?}` (`timeout`: ms for one exchange),
    see `interpreter.deferred`, `interpreter.retry` and `interpreter.caching`; for `run.workflow`, which the shell performs itself,
    `{task, reference, key, with: {namespace, name, version, digest, input, await}}`.
    `options` are the task's `metadata.swtemporal` hints that concern how it is run (`local`, `atMostOnce`, …) and, for a child, `abandon`.
    """

    id: str
    kind: str
    reference: str
    name: str
    summary: str
    key: str
    arguments: Json
    options: Json
    repeatable: bool
    """Whether a capture may cancel it and want it again (else the capture waits for its answer)."""

    def as_json(self) -> dict[str, Json]:
        """As it stands in a frame."""
        return {
            "id": self.id,
            "kind": self.kind,
            "ref": self.reference,
            "name": self.name,
            "summary": self.summary,
            "key": self.key,
            "args": self.arguments,
            "opts": self.options,
            "rep": self.repeatable,
        }

    @classmethod
    def from_json(cls, raw: Json) -> Effect:
        """From a frame."""
        return cls(
            id=raw["id"],
            kind=raw["kind"],
            reference=raw["ref"],
            name=raw["name"],
            summary=raw["summary"],
            key=raw["key"],
            arguments=raw["args"],
            options=raw["opts"],
            repeatable=raw["rep"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An instant at which the run wants to be entered again; `summary` is what a timeline shows beside it."""

    at: int
    reference: str
    summary: str


NoticeKind = Literal["started", "completed", "faulted", "cancelled", "skipped", "retried", "waiting", "logged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that happened to a task or to the run (`reference` `""`), told exactly once, in order.

    `kind_of_task` is the task's keyword (`call.http`, `set`, `workflow` for the run). `data` by kind:
    started `{input}`; completed `{output, why?, then?, keys?}` (`keys`: of a listener's correlation); faulted `{error}`; skipped `{why}`;
    retried `{attempt, error, next}` (`next`: instant of the next attempt, null when at once); waiting `{until?}` or `{events?}`; logged `{level, message}` (by the function `log`, and of the result cache).
    `index` are the loop indices on the way to the task, outermost first.
    """

    kind: NoticeKind
    reference: str
    name: str
    kind_of_task: str
    at: int
    index: tuple[int, ...] = ()
    data: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completed:
    """The run ended well."""

    output: Json


@dataclass(frozen=True, slots=True)
class Faulted:
    """The run ended with an error nobody caught."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one call of `engine.advance` leaves behind.

    `cut` says that the step budget ended it: there is more to do at once, and the caller must come back after yielding.
    """

    outcome: Completed | Faulted | None
    wanted: tuple[Effect, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    notices: tuple[Notice, ...] = ()
    cut: bool = False
