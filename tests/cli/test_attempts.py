from __future__ import annotations

from temporalio.api.workflow.v1 import PendingActivityInfo

from cli.attempts import Attempts

ID = "/do/0/ask/try/0/call#1"


def pending(attempt: int, *, message: str | None = "Down · status 503") -> PendingActivityInfo:
    info = PendingActivityInfo(activity_id=ID, attempt=attempt)
    info.activity_type.name = "call.http"
    if message is not None:
        info.last_failure.message = message
        info.last_failure.application_failure_info.type = "t"
    info.next_attempt_schedule_time.FromMilliseconds(5_000)
    return info


def test_a_failed_attempt_is_told_once() -> None:
    attempts = Attempts()

    assert attempts.lines([pending(1)], 1_000) == []
    (line,) = attempts.lines([pending(2)], 1_000)
    assert "↻ call  call.http  attempt 1 failed: Down · status 503; next at " in line
    assert attempts.lines([pending(2)], 2_000) == []
    assert len(attempts.lines([pending(3)], 2_000)) == 1


def test_an_attempt_that_already_runs_has_no_instant() -> None:
    (line,) = Attempts().lines([pending(2)], 9_000)

    assert line.endswith("; next runs")


def test_a_lost_worker_is_told_as_such() -> None:
    (line,) = Attempts().lines([pending(2, message=None)], 1_000)

    assert "its worker was lost" in line


def test_the_notice_that_follows_is_known() -> None:
    attempts = Attempts()
    attempts.lines([pending(2)], 1_000)
    notice = {"kind": "retried", "reference": "/do/0/ask", "attempt": 1}

    assert attempts.knows(notice)
    assert not attempts.knows(notice | {"attempt": 2})
    assert not attempts.knows(notice | {"reference": "/do/0/as"})
    assert not attempts.knows(notice | {"kind": "started"})
