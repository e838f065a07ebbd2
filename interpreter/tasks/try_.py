"""`try`: tasks whose errors may be caught, retried and handled.

The order is: filter, retry while the policy allows, then `catch.do`; without it, an error that was to be retried goes on upward.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#try
"""

from __future__ import annotations

from interpreter.arguments import iso8601
from interpreter.document.model import Catch, RetryPolicy, Try
from interpreter.faults import Fault, Problem, fault
from interpreter.idempotency import fraction
from interpreter.live import cancel_tasks
from interpreter.retry import caught, may_retry, next_delay
from interpreter.scope import Blocked
from interpreter.tasks.retrying import caught_of, filter_of, policy_of, pushed
from interpreter.values import Json
from interpreter.visit import Result, Visit


def execute(task: Try, visit: Visit) -> Result:
    """The output of the tasks, or of `catch.do`; the input, where an error is caught and nothing else is asked for.

    Frame: `n` (attempt, from 1), `since`, `until` (the attempt's deadline), `error` and `wake` (backing off), `error` alone (handling), `kid`,
    `policy` (the retry in numbers).
    """
    frame = visit.frame
    if "n" not in frame:
        frame["n"], frame["since"] = 1, visit.now
    while True:
        if "wake" in frame:
            visit.until(frame["wake"], f"retry {frame['n']} at {iso8601(frame['wake'])}")
            del frame["wake"], frame["error"]
            frame["n"] += 1
        elif "error" in frame:
            return _handle(task.catch, visit, frame["error"])
        try:
            return _attempt(task, visit)
        except Fault as error:
            frame.pop("kid", None)
            frame.pop("until", None)
            _caught(task.catch, visit, error)


def _attempt(task: Try, visit: Visit) -> Result:
    """The list once; an attempt may have a limit of its own, which ends it with a `timeout` error."""
    frame = visit.frame
    retry = _retry(task.catch, visit)
    if "kid" not in frame:
        frame["kid"] = {}
        limit = retry and retry.limit and retry.limit.attempt and retry.limit.attempt.duration
        if limit:
            frame["until"] = visit.now + visit.milliseconds(limit, "catch/retry/limit/attempt/duration")
    mark = visit.run.mark()
    try:
        output, then = visit.tasks(task.try_, "try", visit.input, frame["kid"], attempt=frame["n"], retry=pushed(task, retry, visit))
    except Blocked:
        if "until" not in frame:
            raise
        if visit.now >= frame["until"]:
            visit.run.withdraw(mark)
            cancel_tasks(visit, task.try_, "try")
            late = fault("timeout", f"attempt {frame['n']} of '{visit.name}' took longer than its limit allows")
            raise Fault(late.problem.at(visit.scope.pointer)) from None
        visit.alarm(frame["until"], f"limit of attempt {frame['n']}")
        raise
    why = None if frame["n"] == 1 else f"attempt {frame['n']}"
    return Result(output, "end" if then == "end" else None, why)


def _retry(catch: Catch, visit: Visit) -> RetryPolicy | None:
    if not isinstance(catch.retry, str):
        return catch.retry
    use = visit.run.definition.document.use
    named = ((use and use.retries) or {}).get(catch.retry)
    if named is None:
        raise fault("configuration", f"'use.retries' has no '{catch.retry}'")
    return named


def _caught(catch: Catch, visit: Visit, error: Fault) -> None:
    """Decide what becomes of an error: upward (raises it), another attempt (`wake`), or handling; the latter two stand in the frame."""
    problem = error.problem
    found, variables = problem.as_json(), {catch.as_: problem.as_json()}

    def holds(text: str | None, member: str, default: bool) -> bool:
        return default if text is None else visit.place.holds(text, found, f"{member}[{visit.frame['n']}]", variables)

    if (
        not caught(filter_of(caught_of(catch)), problem)
        or not holds(catch.when, "catch/when", True)
        or holds(catch.except_when, "catch/exceptWhen", False)
    ):
        raise Fault(problem, final=error.final) from error
    retry = _retry(catch, visit)
    wanted = retry is not None and holds(retry.when, "retry/when", True) and not holds(retry.except_when, "retry/exceptWhen", False)
    if retry is not None and wanted and not (error.exhausted or error.final) and _again(retry, catch, visit, problem):
        return
    if retry is not None and catch.do is None:
        # A fault of its own: what one activity made of its retries says nothing about those of a `try` further out.
        raise Fault(problem, final=error.final) from error
    visit.frame["error"] = found


def _again(retry: RetryPolicy, catch: Catch, visit: Visit, problem: Problem) -> bool:
    """Arrange for another attempt if the policy allows one more."""
    frame, run = visit.frame, visit.run
    policy = policy_of(visit, retry, caught_of(catch))
    attempt = frame["n"]
    delay = next_delay(policy, attempt, fraction(run.state["run"]["seed"], f"{visit.scope.address}:retry[{attempt}]"))
    if not may_retry(policy, attempt, visit.now - frame["since"], delay):
        return False
    frame["error"], frame["wake"] = problem.as_json(), visit.now + delay
    visit.notice("retried", attempt=attempt, error=frame["error"], next=frame["wake"])
    return True


def _handle(catch: Catch, visit: Visit, error: Json) -> Result:
    """`catch.do` on the try's input, with the error as a variable; without it the error is swallowed."""
    caught_error = Problem.from_json(error)
    why = f"caught {caught_error.type.rpartition('/')[2]} {caught_error.status}"
    if catch.do is None:
        return Result(visit.input, catch.then, why)
    frame = visit.frame.setdefault("kid", {})
    output, then = visit.tasks(catch.do, "catch/do", visit.input, frame, variables={catch.as_: error})
    return Result(output, "end" if then == "end" else catch.then, why)
