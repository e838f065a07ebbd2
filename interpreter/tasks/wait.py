"""`wait`: time goes by.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#wait
"""

from __future__ import annotations

from interpreter.arguments import iso8601
from interpreter.document.model import Wait
from interpreter.visit import Result, Visit


def execute(task: Wait, visit: Visit) -> Result:
    """The input, once the duration has passed. Frame: `wake` (instant)."""
    frame = visit.frame
    if "wake" not in frame:
        frame["wake"] = visit.now + visit.milliseconds(task.wait, "wait")
        if frame["wake"] > visit.now:
            visit.notice("waiting", until=frame["wake"])
    visit.until(frame["wake"], f"wait until {iso8601(frame['wake'])}")
    return Result(visit.input)
