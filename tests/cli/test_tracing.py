from __future__ import annotations

from typing import Any

import pytest

from cli.tracing import End, lines, visits


def notice(kind: str, reference: str, at: int, index: tuple[int, ...] = (), **data: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "reference": reference,
        "name": reference.rpartition("/")[2],
        "task": "set",
        "at": at,
        "index": list(index),
        **data,
    }


def test_a_visit_has_all_that_was_told_of_it() -> None:
    (visit,) = visits(
        [
            notice("started", "/do/0/a", 1, input=1),
            notice("retried", "/do/0/a", 2, attempt=1, error={"title": "T"}, next=3),
            notice("waiting", "/do/0/a", 2, until=9),
            notice("completed", "/do/0/a", 4, output=2, why="w", then="b"),
        ]
    )

    assert visit == {
        "reference": "/do/0/a",
        "name": "a",
        "task": "set",
        "index": [],
        "started": 1,
        "status": "completed",
        "input": 1,
        "attempts": [{"attempt": 1, "at": 2, "error": {"title": "T"}, "next": 3}],
        "waited": 9,
        "output": 2,
        "why": "w",
        "then": "b",
        "ended": 4,
    }


def test_a_task_visited_twice_is_two_visits() -> None:
    found = visits([notice(kind, "/do/0/a", at) for at, kind in enumerate(["started", "completed", "started", "completed"])])

    assert [visit["started"] for visit in found] == [0, 2]


def test_iterations_are_told_apart() -> None:
    found = visits(
        [
            notice("started", "/a", 0, (0,)),
            notice("started", "/a", 1, (1,)),
            notice("completed", "/a", 2, (0,)),
            notice("faulted", "/a", 3, (1,), error={}),
        ]
    )

    assert [(visit["index"], visit["status"]) for visit in found] == [([0], "completed"), ([1], "faulted")]


def test_what_began_before_the_trace_is_a_visit_too() -> None:
    (visit,) = visits([notice("completed", "/do/0/a", 4, output=2)])

    assert visit["status"] == "completed"


@pytest.mark.parametrize(("how", "mark"), [("cancelled", "⊘"), ("terminated", "■"), ("timed out", "■")])
def test_what_is_open_ends_with_the_run(how: str, mark: str) -> None:
    done, open = visits(
        [notice("started", "/do/0/a", 0), notice("completed", "/do/0/a", 1), notice("started", "/do/1/b", 2)], End(how, 4500)
    )

    assert (done["status"], done["ended"]) == ("completed", 1)
    assert (open["status"], open["ended"]) == (how, 4500)
    assert lines(open)[0].endswith(f"{mark} b  set  4.498 s")


def test_in_an_open_run_what_is_open_stays_so() -> None:
    (visit,) = visits([notice("started", "/do/0/a", 0)])

    assert visit["status"] == "running"
    assert "ended" not in visit


def test_lines_say_everything() -> None:
    (visit,) = visits(
        [
            notice("started", "/do/0/t/try/0/c", 0, input={"a": 1}),
            notice("retried", "/do/0/t/try/0/c", 1, attempt=1, error={"title": "Down", "status": 503}, next=3),
            notice("faulted", "/do/0/t/try/0/c", 2500, error={"title": "Down", "status": 503}),
        ]
    )

    head, *rest = lines(visit)

    assert head.startswith("  ")
    assert head.endswith("✗ c  set  2.500 s")
    assert [one.strip() for one in rest] == ['input   {"a":1}', "attempt 1 failed: Down · status 503", "error   Down · status 503"]
