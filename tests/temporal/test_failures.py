"""Failures of Temporal as problems of the language, and back."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    RetryState,
    TerminatedError,
    TimeoutError,  # noqa: A004
    TimeoutType,
)

from interpreter.faults import PREFIX, Problem
from interpreter.temporal.client import CONVERTER
from interpreter.temporal.failures import SHUTDOWN, EvaluationStopped, answer_to, ended, error_of, message_of, problem_in

PAYMENT = Problem(type="https://example.com/refused", status=402, title="Payment refused", detail="no money", instance="/do/3/pay")


def activity(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "Activity error", scheduled_event_id=1, started_event_id=2, identity="", activity_type="call.http", activity_id="a",
        retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
    )  # fmt: skip
    error.__cause__ = cause
    return error


def child(cause: BaseException) -> ChildWorkflowError:
    error = ChildWorkflowError(
        "Child error",
        namespace="n",
        workflow_id="w",
        run_id="r",
        workflow_type="t",
        initiated_event_id=1,
        started_event_id=2,
        retry_state=None,
    )
    error.__cause__ = cause
    return error


def over_the_wire(error: BaseException) -> tuple[Failure, BaseException]:
    failure = Failure()
    CONVERTER.failure_converter.to_failure(error, CONVERTER.payload_converter, failure)
    return failure, CONVERTER.failure_converter.from_failure(failure, CONVERTER.payload_converter)


def raised(error: BaseException) -> BaseException:
    """The error as it is after it was raised: with a stack."""
    try:
        raise error  # noqa: TRY301
    except BaseException as found:  # noqa: BLE001
        return found


def test_a_problem_survives_the_wire():
    _, error = over_the_wire(error_of(PAYMENT))

    assert problem_in(error) == PAYMENT
    assert isinstance(error, ApplicationError)
    assert (error.type, error.non_retryable, error.message) == (PAYMENT.type, True, "Payment refused · status 402 · at /do/3/pay")


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (Problem(type="t", status=500), "t · status 500"),
        (Problem(type="t", status=500, title="T", instance=""), "T · status 500 · at /"),
    ],
)
def test_a_message_is_one_line(problem: Problem, message: str):
    assert message_of(problem) == message


@pytest.mark.parametrize(
    ("error", "stack"), [(error_of(PAYMENT), False), (EvaluationStopped("it burns"), False), (KeyError("a bug"), True)]
)
def test_only_a_bug_shows_a_stack(error: BaseException, stack: bool):
    failure, _ = over_the_wire(raised(error))

    assert bool(failure.stack_trace) is stack


def test_the_causes_of_a_problem_show_no_stack_either():
    outer = activity(raised(error_of(PAYMENT)))

    failure, _ = over_the_wire(outer)

    assert failure.cause.message.startswith("Payment refused")
    assert failure.cause.stack_trace == ""


def test_a_fault_of_an_activity_or_child_passes_on():
    assert answer_to(activity(error_of(PAYMENT))) == {"fault": PAYMENT.as_json()}
    assert answer_to(child(error_of(PAYMENT))) == {"fault": PAYMENT.as_json()}


def test_an_activity_tells_of_the_retries_it_made():
    told = {"attempts": [{"attempt": 1, "at": 5, "error": PAYMENT.as_json(), "next": 6}]}
    error = ApplicationError("m", PAYMENT.as_json(), told, type=PAYMENT.type)

    assert answer_to(activity(error)) == {"fault": PAYMENT.as_json(), "exhausted": True, **told}


@pytest.mark.parametrize(
    ("error", "type", "words"),
    [
        (activity(TimeoutError("t", type=TimeoutType.HEARTBEAT, last_heartbeat_details=[])), "runtime", "every worker that took up the call was lost"),
        (activity(TimeoutError("t", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[])), "timeout", "start-to-close"),
        (activity(TimeoutError("t", type=TimeoutType.SCHEDULE_TO_START, last_heartbeat_details=[])), "timeout", "no worker took up the call in time"),
        (activity(CancelledError()), "runtime", "the call was cancelled from outside"),
        (activity(ApplicationError("not registered", type="NotFoundError")), "runtime", "NotFoundError: not registered"),
        (activity(ApplicationError("odd", {"type": "x"}, type="x")), "runtime", "x: odd"),
        (child(TerminatedError("by hand")), "runtime", "the workflow was terminated from outside"),
        (child(TimeoutError("t", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[])), "timeout", "the workflow took longer"),
        (FailureError("something else"), "runtime", "something else"),
    ],
)  # fmt: skip
def test_what_is_no_problem_becomes_one(error: FailureError, type: str, words: str):
    fault: Any = answer_to(error)["fault"]

    assert fault["type"] == PREFIX + type
    assert words in fault["detail"]


@pytest.mark.parametrize(
    "cause",
    [TimeoutError("t", type=TimeoutType.HEARTBEAT, last_heartbeat_details=[]), ApplicationError("it did not complete", type=SHUTDOWN)],
    ids=["lost", "told to stop"],
)
def test_at_most_once_tells_that_the_outcome_is_unknown(cause: FailureError):
    lost = activity(cause)

    answer = answer_to(lost, at_most_once=True)

    assert "unknown" in answer["fault"]["detail"]
    assert answer["final"] is True
    assert "final" not in answer_to(lost)
    assert answer_to(lost)["fault"]["detail"] == "every worker that took up the call was lost"


def test_what_nobody_took_up_was_not_done():
    late = activity(TimeoutError("t", type=TimeoutType.SCHEDULE_TO_START, last_heartbeat_details=[]))

    assert "final" not in answer_to(late, at_most_once=True)


def test_the_end_of_a_foreign_workflow_is_a_problem():
    assert ended(ApplicationError("odd")).detail == "odd"
    assert ended(error_of(PAYMENT)) == PAYMENT
