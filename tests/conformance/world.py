"""The port between what is demanded and where it runs: two worlds, one vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from interpreter.effects import (
    ASYNCAPI_END,
    ASYNCAPI_POLL,
    CALL_A2A,
    CALL_ASYNCAPI,
    CALL_GRPC,
    CALL_HTTP,
    CALL_MCP,
    CALL_OPENAPI,
    FUNCTION_HTTP_CONTAINER,
    RUN_CONTAINER,
    RUN_SCRIPT,
    RUN_SHELL,
)
from interpreter.values import Json

CALLS = (
    CALL_ASYNCAPI,
    ASYNCAPI_POLL,
    ASYNCAPI_END,
    CALL_HTTP,
    CALL_OPENAPI,
    CALL_GRPC,
    CALL_MCP,
    CALL_A2A,
    RUN_CONTAINER,
    FUNCTION_HTTP_CONTAINER,
)
"""The effects that a script answers, or that are performed for real where a case serves what they call."""

PROCESSES = (RUN_SCRIPT, RUN_SHELL)
"""The effects that are always performed for real, unless a script answers them."""

Serve: TypeAlias = Callable[[], AbstractContextManager[Mapping[str, str]]]
"""Runs what documents call for real; gives which origins it stands in for, and where."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """What the outside world will do while a document runs."""

    answers: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    """By task name, `{value}` or `{fault}`, perhaps with `after` (milliseconds); the last one of a task is repeated."""
    serve: Serve | None = None
    events: Sequence[tuple[int, Json]] = ()
    """`(milliseconds since the start, CloudEvent)`."""
    secrets: Mapping[str, Json] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    """Texts of resources that the run carries, by address."""
    lifecycle: bool = False
    """Whether the run tells of itself by lifecycle events."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding about a document: what is wrong and where, as a JSON pointer."""

    severity: str
    code: str
    message: str
    pointer: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """One effect that was started: the task's name, the kind and its evaluated arguments."""

    task: str
    kind: str
    arguments: Json


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of a document. Names of tasks stand in the order in which things happened to them, once per happening."""

    outcome: Literal["completed", "faulted", "cancelled", "refused", "unsupported"]
    output: Json = None
    error: Json = None
    findings: tuple[Told, ...] = ()
    started: tuple[str, ...] = ()
    completed: Mapping[str, Json] = field(default_factory=dict)
    """Last output by task name."""
    faulted: Mapping[str, Json] = field(default_factory=dict)
    """Last error by task name."""
    cancelled: tuple[str, ...] = ()
    retried: tuple[str, ...] = ()
    waited: tuple[str, ...] = ()
    """Tasks that waited for an instant or an event."""
    effects: tuple[Done, ...] = ()
    lifecycle: tuple[Json, ...] = ()
    """The lifecycle events, where the script asks for them."""
    lasted: int | None = None
    """Virtual milliseconds; None where time is real."""
    steps: int = 0
    """How often the engine was entered; 0 where nobody counts."""


class Runner(Protocol):
    """Runs a document in a world of its own."""

    def run(self, text: str, input: Json = ..., *, children: Sequence[str] = (), script: Script | None = None) -> Ran:
        """Load and run the document `text` to its end. Without `input` the run gets none."""
        ...
