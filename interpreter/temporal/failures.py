"""The one border between Temporal's failures and problems of the language.

    Problem            -> ApplicationError   `error_of`, at the end of a run
    what an effect met -> Problem            `answer_to`
    TaskFailure                              fails the workflow task, never the run: Temporal tries it again

Cancellation passes through untouched: nothing here turns one that we asked for into a problem.
"""

from __future__ import annotations

from collections.abc import Mapping

from temporalio import exceptions
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
    TimeoutType,
)

from interpreter.faults import Problem, standard
from interpreter.values import Json

TEXT_LENGTH = 1_000
"""Characters of a problem's texts that a failure shows; the problem itself goes along whole."""

SHUTDOWN = "WorkerShutdown"
"""The type of a failure by which a worker that stops leaves an activity to another one."""


class TaskFailure(Exception):
    """What this worker cannot do now: it fails the workflow task with a message for people, and the server tries again."""


class EvaluationStopped(TaskFailure):
    """An evaluation was stopped (`interpreter.evaluator.Held`) and may do better next time."""


class UnknownVersion(TaskFailure):
    """The run was written by a later version of the product; a worker of that version goes on with it."""


def error_of(problem: Problem) -> ApplicationError:
    """How a problem ends a run or an activity: `title · status · place`, with the problem as its only detail, not to be retried."""
    return ApplicationError(message_of(problem), problem.as_json(), type=_type_of(problem), non_retryable=True)


def _type_of(problem: Problem) -> str:
    """A problem's type as failures carry it beside the problem: not longer than a server takes."""
    return _shortened(problem.type)


def message_of(problem: Problem) -> str:
    """A problem in one line, as lists and timelines show it."""
    place = "" if problem.instance is None else f" · at {_shortened(problem.instance) or '/'}"
    return f"{_shortened(problem.title or problem.type)} · status {problem.status}{place}"


def _shortened(text: str) -> str:
    """A text that fits beside the problem itself, in characters that a message between machines can hold."""
    text = text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
    return text.encode("utf-8", "replace").decode()


def problem_in(error: BaseException | None) -> Problem | None:
    """The problem an `ApplicationError` carries as its first detail, if it is one of the language's."""
    if not isinstance(error, ApplicationError) or not error.details:
        return None
    found = error.details[0]
    if not isinstance(found, Mapping) or not isinstance(found.get("type"), str):
        return None
    if _shortened(found["type"]) == error.type and isinstance(found.get("status"), int):
        return Problem.from_json(found)
    return None


def answer_to(error: FailureError, *, at_most_once: bool = False) -> Json:
    """What goes into the mailbox for a failed activity or child: `{fault}`, with `attempts` and `exhausted` where the activity retried.

    A call that may have been made and must not be made again (`at_most_once`, its worker lost) is `final`.

    `error` is what awaiting it raised: an `ActivityError` or `ChildWorkflowError` around its cause, or the start's own failure.
    """
    cause = error.cause if isinstance(error, ActivityError | ChildWorkflowError) else error
    found = problem_in(cause)
    if found is None:
        foreign: dict[str, Json] = {"fault": _foreign(cause or error, _subject(error), at_most_once=at_most_once).as_json()}
        return {**foreign, "final": True} if at_most_once and _unknown(cause) else foreign
    answer: dict[str, Json] = {"fault": found.as_json()}
    if isinstance(cause, ApplicationError) and len(cause.details) > 1:
        # The activity made the document's retries itself and tells of them.
        answer.update({"exhausted": True, **cause.details[1]})
    return answer


def _unknown(cause: BaseException | None) -> bool:
    """Whether nobody knows if the call was made."""
    return (isinstance(cause, exceptions.TimeoutError) and cause.type != TimeoutType.SCHEDULE_TO_START) or _left(cause)


def _left(cause: BaseException | None) -> bool:
    """Whether the worker was told to stop and did not wait for the call: the SDK's core fails it so."""
    return isinstance(cause, ApplicationError) and cause.type == SHUTDOWN


def ended(cause: BaseException) -> Problem:
    """The problem of a workflow that did not end well, from the cause of its failure."""
    return problem_in(cause) or _foreign(cause, "the workflow")


def _subject(error: FailureError) -> str:
    return "the workflow" if isinstance(error, ChildWorkflowError) else "the call"


def _foreign(cause: BaseException, what: str, *, at_most_once: bool = False) -> Problem:
    match cause:
        case exceptions.TimeoutError():
            return _late(cause, what, at_most_once=at_most_once)
        case CancelledError():
            return standard("runtime", f"{what} was cancelled from outside")
        case TerminatedError():
            return standard("runtime", f"{what} was terminated from outside")
        case ApplicationError() if _left(cause):
            return _lost(at_most_once=at_most_once)
        case ApplicationError():
            return standard("runtime", cause.message if cause.type is None else f"{cause.type}: {cause.message}")
    return standard("runtime", str(cause))


def _late(error: exceptions.TimeoutError, what: str, *, at_most_once: bool) -> Problem:
    if error.type == TimeoutType.SCHEDULE_TO_START:
        return standard("timeout", f"no worker took up {what} in time (schedule-to-start); perhaps nobody polls its queue")
    if error.type != TimeoutType.HEARTBEAT:
        bound = "options" if error.type is None else error.type.name.lower().replace("_", "-")
        return standard("timeout", f"{what} took longer than it may ({bound})")
    return _lost(at_most_once=at_most_once)


def _lost(*, at_most_once: bool) -> Problem:
    if at_most_once:
        return standard("runtime", "the worker was lost; whether the call was made is unknown, and 'atMostOnce' forbids another attempt")
    return standard("runtime", "every worker that took up the call was lost")


class FailureConverter(DefaultFailureConverter):
    """The SDK's converter, without the Python stack where an error is the language's or speaks to people: only a bug shows one."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """Fill `failure` from an exception; called again for each cause."""
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, TaskFailure) or problem_in(exception) is not None:
            failure.stack_trace = ""
