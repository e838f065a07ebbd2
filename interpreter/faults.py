"""Errors of the language: problem details (RFC 9457) and the one exception that carries them.

    Exception
    └── Fault            a DSL error: catchable by `try`, ends a run as faulted
    BaseException
    ├── Blocked          (interpreter.scope) a pass can go no further
    └── Held             (interpreter.evaluator) an evaluation was stopped; fails the workflow task only

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#errors
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from interpreter.values import Json

PREFIX = "https://serverlessworkflow.io/spec/1.0.0/errors/"
PREFIXES = (
    PREFIX,
    "https://serverlessworkflow.io/dsl/errors/types/",
    "https://serverlessworkflow.io.io/dsl/errors/types/",
    "https://https://serverlessworkflow.io/spec/1.0.0/errors/",
    "https://open-workflow-specification.org/spec/1.0.0/errors/",
    "https://open-workflow-specification.org/dsl/errors/types/",
)
"""Every prefix under which the standard types were published; one when matching, the first when raising."""

STATUS = {
    "configuration": 400,
    "validation": 400,
    "expression": 400,
    "authentication": 401,
    "authorization": 403,
    "timeout": 408,
    "communication": 500,
    "runtime": 500,
}
"""The standard error types with their default status."""

TITLES = {
    "configuration": "Configuration error",
    "validation": "Validation error",
    "expression": "Expression error",
    "authentication": "Authentication error",
    "authorization": "Authorization error",
    "timeout": "Timeout",
    "communication": "Communication error",
    "runtime": "Runtime error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, as the DSL describes errors; `instance` is a JSON pointer, absent until a task claims it."""

    type: str
    status: int
    title: str | None = None
    detail: str | None = None
    instance: str | None = None

    def as_json(self) -> dict[str, Json]:
        """The members that are set, in the order of the specification."""
        members = {
            "type": self.type,
            "status": self.status,
            "instance": self.instance,
            "title": self.title,
            "detail": self.detail,
        }
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_json(cls, raw: Json) -> Problem:
        """A problem from its JSON object; `KeyError` when type or status is missing."""
        return cls(
            type=raw["type"],
            status=raw["status"],
            title=raw.get("title"),
            detail=raw.get("detail"),
            instance=raw.get("instance"),
        )

    def at(self, pointer: str) -> Problem:
        """The same problem, claimed by the task at `pointer` unless one has claimed it before."""
        return self if self.instance is not None else replace(self, instance=pointer)


class Fault(Exception):
    """A DSL error on its way up; plain code raises it, `try` catches it, the root turns it into the run's end.

    `exhausted` says that the activity already made all the retries the document allows; `final` that no `try` may repeat
    what failed, since it may have been done (`atMostOnce`).
    """

    def __init__(self, problem: Problem, *, exhausted: bool = False, final: bool = False) -> None:
        super().__init__(problem.title or problem.type)
        self.problem = problem
        self.exhausted = exhausted
        self.final = final


def standard(name: str, detail: str | None = None, *, status: int | None = None, title: str | None = None) -> Problem:
    """A problem of one of the eight standard types (`configuration`, `validation`, …)."""
    return Problem(
        type=PREFIX + name,
        status=STATUS[name] if status is None else status,
        title=title or TITLES[name],
        detail=detail,
    )


def fault(name: str, detail: str | None = None, *, status: int | None = None, title: str | None = None) -> Fault:
    """`Fault(standard(…))`, for use after `raise`."""
    return Fault(standard(name, detail, status=status, title=title))


def same_type(one: str, other: str) -> bool:
    """Whether two error types are equal; the standard ones are the same under every published prefix."""
    return one == other or _bare(one) == _bare(other)


def _bare(kind: str) -> str:
    for prefix in PREFIXES:
        if kind.startswith(prefix) and kind[len(prefix) :] in STATUS:
            return kind[len(prefix) :]
    return kind
