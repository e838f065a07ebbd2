"""One visit of one task: what an executor sees, and the few things it can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from interpreter import caching
from interpreter.dataflow import Place
from interpreter.defaults import CLIENT_CERTIFICATE
from interpreter.document.cache_hint import HINT
from interpreter.document.hints import hints_in
from interpreter.document.model import Duration, Task, TaskEntry
from interpreter.durations import length_of
from interpreter.effects import WORKFLOW, Alarm, Effect, Notice, NoticeKind
from interpreter.faults import Fault, Problem
from interpreter.idempotency import key_of
from interpreter.languages import JQ
from interpreter.scope import Blocked, Run, Scope
from interpreter.values import Json, digest, encode


class Result(NamedTuple):
    """What an executor gives back: the raw output, where to go if not where the task's own `then` says, and why (for the trace).

    `plain` says that `output` and `export` do not apply (a process that is not awaited); `about` is what is told beside the output when the
    task has completed.
    """

    output: Json
    then: str | None = None
    why: str | None = None
    plain: bool = False
    about: Mapping[str, Json] = MappingProxyType({})


class Request(NamedTuple):
    """What an effect is asked to do: `arguments` (the activity's `with`), what is deferred in it, a line for timelines, and hints."""

    arguments: Json
    deferred: Mapping[str, Json] = MappingProxyType({})
    summary: str = ""
    retry: Json = None
    options: Mapping[str, Json] = MappingProxyType({})
    reads_secrets: bool = False


class RunList(Protocol):
    """How an executor runs a task list of its own: `lifecycle.run_list`, handed down so that no executor imports the lifecycle."""

    def __call__(self, entries: list[TaskEntry], scope: Scope, value: Json, frame: dict[str, Json]) -> tuple[Json, str]:
        """The list's last output and how it ended: `continue`, `exit` or `end`."""
        ...


class RunBranch(Protocol):
    """How `fork` runs one branch: `lifecycle.run_task`."""

    def __call__(self, entry: TaskEntry, scope: Scope, value: Json, frame: dict[str, Json]) -> tuple[Json, str]:
        """The task's output and where it goes next."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """A task in progress.

    An executor is entered again after every wake-up: all it knows stands in `frame`, and everything above a `Blocked` must be
    idempotent (`setdefault`, `if … not in frame`). It raises a `Fault` if something is wrong, and never catches one that is not its own.
    """

    name: str
    task: Task
    scope: Scope
    frame: dict[str, Json]
    place: Place
    run_list: RunList
    run_branch: RunBranch

    @property
    def run(self) -> Run:
        """The pass."""
        return self.scope.run

    @property
    def now(self) -> int:
        """The pass's instant."""
        return self.scope.run.now

    @property
    def input(self) -> Json:
        """The transformed input; while `input.schema` is being looked at, still the raw one."""
        frame = self.frame
        return frame["in"] if "in" in frame else frame["raw_in"]

    @property
    def hints(self) -> Mapping[str, Json]:
        """The product's own hints: `metadata.swtemporal` of the task."""
        return hints_in(self.task.metadata)

    @property
    def pushed(self) -> Json:
        """The policy of the retry around this call where its activity makes it (`tasks.retrying`), else null."""
        return None if self.scope.retry is None else self.scope.retry.policy

    def value(self, text: str, member: str, dot: Json = ..., extra: Mapping[str, Json] | None = None) -> Json:
        """Evaluate an expression field on the transformed input, or on `dot`."""
        return self.place.value(text, self.input if dot is ... else dot, member, extra)

    def fill(self, template: Json, member: str) -> Json:
        """Fill free data from the transformed input."""
        return self.place.fill(template, self.input, member)

    def milliseconds(self, duration: Duration, member: str) -> int:
        """A duration of the document, which may be an expression; an `expression` fault when that gives no duration."""
        return length_of(self.fill(duration, member) if isinstance(duration, str) and "${" in duration else duration, member)

    def tasks(
        self,
        entries: list[TaskEntry],
        way: str,
        value: Json,
        frame: dict[str, Json],
        *,
        variables: Mapping[str, Json] | None = None,
        index: int | None = None,
        attempt: int | None = None,
        retry: Any = None,
        heard: bool = False,
    ) -> tuple[Json, str]:
        """Run a task list that stands at `way` below this task; gives its output and how it ended (`continue`, `exit`, `end`).

        `heard`: for an event or message; another attempt of this task hears others.
        """
        scope = self.scope
        address = f"{scope.address}/{way}" if index is None else f"{scope.address}[{index}]/{way}"
        below = Scope(
            scope.run,
            f"{scope.pointer}/{way}",
            address,
            scope.attempts if attempt is None else f"{scope.attempts}~{attempt}",
            scope.index if index is None else (*scope.index, index),
            scope.variables if variables is None else {**scope.variables, **variables},
            scope.contexts,
            scope.context_key,
            scope.in_fork,
            retry,
            scope.depth,
            scope.calls,
            scope.extending,
            scope.attempts if heard and not _first(scope.attempts) else scope.heard,
        )
        return self.run_list(entries, below, value, frame)

    def until(self, at: int, summary: str) -> None:
        """Block until an instant; returns when it has come."""
        if self.now < at:
            self.alarm(at, summary)
            raise Blocked

    def alarm(self, at: int, summary: str) -> None:
        """Ask for a pass at an instant."""
        self.run.alarms.append(Alarm(at=at, reference=self.scope.pointer, summary=f"{self.name} · {summary}"))

    def notice(self, kind: NoticeKind, *, at: int | None = None, **data: Json) -> None:
        """Tell that something happened to this task, now or (what an activity reports) before."""
        scope = self.scope
        keyword = self.task.KEY if scope.pointer else WORKFLOW
        self.run.notices.append(
            Notice(
                kind=kind,
                reference=scope.pointer,
                name=self.name,
                kind_of_task=keyword,
                at=self.now if at is None else at,
                index=scope.index,
                data=data,
            )
        )

    def perform(self, kind: str, make: Callable[[], Request], *, repeatable: bool = False, slot: str = "effect") -> Json:
        """Have an effect done outside: the value it gave, or a `Fault`. Blocks until there is an answer.

        `make` evaluates the request once, when the effect is first wanted and there is room for it. The caller stores the value in the same step.
        """
        if slot not in self.frame:
            self.run.find_room()
            self.want(kind, make(), repeatable=repeatable, slot=slot)
        return self.answer(slot)

    def want(self, kind: str, request: Request, *, repeatable: bool, slot: str) -> None:
        """Put an effect into the frame; `answer` then waits for it."""
        self.frame[slot] = self._effect(kind, request, repeatable=repeatable).as_json()

    def answer(self, slot: str) -> Json:
        """The value that the effect in the frame gave, or a `Fault`; blocks until there is an answer."""
        frame, run = self.frame, self.run
        effect_id = frame[slot]["id"]
        answer = run.state["results"].pop(effect_id, None)
        if answer is None:
            run.wanted.append(Effect.from_json(frame[slot]))
            raise Blocked
        del frame[slot]
        if self.scope.retry is not None and "attempts" in answer:
            self.scope.retry.tell(answer["attempts"])
        if "fault" in answer:
            raise Fault(Problem.from_json(answer["fault"]), exhausted=bool(answer.get("exhausted")), final=bool(answer.get("final")))
        told = caching.told(answer)
        if told is not None:
            self.notice("logged", level=told[0], message=told[1])
        return run.admit(answer["value"], f"the result of '{self.name}'")

    def _effect(self, kind: str, request: Request, *, repeatable: bool) -> Effect:
        scope, state = self.scope, self.run.state
        state["n"] += 1
        key = key_of(state["run"]["seed"], scope.effect)
        arguments: dict[str, Json] = {"task": self.name, "reference": scope.pointer, "key": key, "with": request.arguments}
        if "deadline" in self.frame:
            # The author has said how long the task may take: the call's own default must not be shorter.
            arguments["timeout"] = self.frame["deadline"] - self.frame["started"]
        if request.deferred:
            arguments["deferred"] = dict(request.deferred)
            arguments["now"] = self.now
            if self.place.language is not JQ:
                arguments["language"] = self.place.language.name
        certificate = self.hints.get(CLIENT_CERTIFICATE)
        if certificate is not None:
            arguments["certificate"] = certificate
        if request.deferred or request.reads_secrets or certificate is not None:
            use = self.run.definition.document.use
            arguments["secrets"] = list((use and use.secrets) or ())
        if request.retry is not None:
            arguments["retry"] = request.retry
        guests = self.run.definition.guests
        # By their values, as documents are: the hash of a text would change with its layout.
        if foreign := [digest(encode(guests[pointer])) for pointer in scope.calls if pointer in guests]:
            arguments["functions"] = foreign
        hint = self.hints.get(HINT)
        if hint is not None:
            kept = caching.entry(hint, kind, arguments, self.input, self.place, scope, foreign)
            if kept is not None:
                arguments[HINT] = kept
        self.run.admit(arguments, f"what '{self.name}' sends")
        label = self.name + "".join(f"[{index}]" for index in scope.index)
        return Effect(
            id=f"{scope.pointer}#{state['n']}",
            kind=kind,
            reference=scope.pointer,
            name=self.name,
            summary=f"{label} · {request.summary}" if request.summary else label,
            key=key,
            arguments=arguments,
            options={**self.hints, **request.options},
            repeatable=repeatable,
        )


def _first(attempts: str) -> bool:
    """Whether every `try` around is in its first attempt; see `Scope.attempts`."""
    return set(attempts.split("~")) <= {"", "1"}
