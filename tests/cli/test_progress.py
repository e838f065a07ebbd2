from __future__ import annotations

import os
import time
from typing import Any

import pytest

from cli.progress import clock, line, moment, of_problem, short, told


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TZ", "UTC")
    time.tzset()


def notice(kind: str, name: str = "a", *, index: tuple[int, ...] = (), **data: Any) -> dict[str, Any]:
    return {"n": 1, "kind": kind, "reference": f"/do/0/{name}", "name": name, "task": "set", "at": 3_661_000, "index": list(index), **data}


def lines(*notices: dict[str, Any]) -> list[str]:
    return [text for text, _ in told(notices)]


def test_instants() -> None:
    assert clock(3_661_000) == "01:01:01"
    assert moment(3_661_000) == "1970-01-01 01:01:01+00:00"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (notice("started"), "01:01:01  ▶ a  set"),
        (notice("completed", index=(3, 0)), "01:01:01  ✓ a[3][0]  set"),
        (notice("completed", why="case 'x'"), "01:01:01  ✓ a  set  case 'x'"),
        (notice("skipped", why="if: .x"), "01:01:01  ○ a  set  if: .x"),
        (notice("cancelled"), "01:01:01  ⊘ a  set"),
        (notice("faulted", error={"type": "t", "status": 5, "detail": "d"}), "01:01:01  ✗ a  set  t · status 5 · d"),
        (
            notice("retried", attempt=2, error={"title": "T", "status": 503}, next=3_662_000),
            "01:01:01  ↻ a  set  attempt 2 failed: T · status 503; next at 01:01:02",
        ),
        (notice("retried", attempt=2, error={"title": "T"}, next=None), "01:01:01  ↻ a  set  attempt 2 failed: T; next at once"),
        (notice("waiting", until=3_670_000), "01:01:01  ‖ a  set  until 01:01:10"),
        (notice("waiting", events="an event with type x"), "01:01:01  ‖ a  set  for an event with type x"),
    ],
)
def test_a_line(given: dict[str, Any], wanted: str) -> None:
    assert line(given) == wanted


def test_a_task_that_ends_at_once_gets_one_line() -> None:
    assert lines(notice("started"), notice("completed")) == ["01:01:01  ✓ a  set"]


def test_a_task_that_goes_on_gets_a_line_when_it_starts() -> None:
    assert lines(notice("started"), notice("started", "b"), notice("completed", "b")) == ["01:01:01  ▶ a  set", "01:01:01  ✓ b  set"]


def test_the_same_task_in_another_iteration_is_another() -> None:
    assert len(lines(notice("started", index=(0,)), notice("completed", index=(1,)))) == 2


def test_the_run_itself_is_not_told() -> None:
    assert lines({**notice("started"), "reference": ""}) == []


def test_texts_stay_short() -> None:
    assert short({"a": 1}) == '{"a":1}'
    assert len(short("x" * 1000)) == 200
    assert of_problem({"type": "https://e/x", "status": 404}) == "https://e/x · status 404"
