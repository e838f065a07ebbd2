"""The trace and the details: what is kept of the notices."""

from __future__ import annotations

import pytest

from interpreter.document.load import define
from interpreter.effects import Notice, NoticeKind
from interpreter.live import Live
from interpreter.temporal import details, trace
from interpreter.temporal.details import Progress, render
from interpreter.temporal.trace import Trace
from interpreter.values import Json
from tests.temporal.house import call, document


def notice(name: str, kind: NoticeKind = "completed", reference: str | None = None, **data: Json) -> Notice:
    return Notice(kind=kind, reference=reference or f"/do/0/{name}", name=name, kind_of_task="set", at=7, data=data)


def test_an_entry_has_what_its_notice_had():
    found = Trace()

    found.add([Notice(kind="started", reference="/do/0/a", name="a", kind_of_task="set", at=7, index=(2, 0), data={"input": {"n": 1}})])

    assert found.as_json() == {
        "first": 1,
        "last": 1,
        "notices": [
            {"n": 1, "kind": "started", "reference": "/do/0/a", "name": "a", "task": "set", "at": 7, "index": [2, 0], "input": {"n": 1}},
        ],
    }


def test_the_oldest_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trace, "NOTICES", 3)
    found = Trace()

    found.add([notice(str(number)) for number in range(5)])

    assert [one["name"] for one in found.as_json()["notices"]] == ["2", "3", "4"]
    assert (found.as_json()["first"], found.as_json()["last"]) == (3, 5)
    assert [one["name"] for one in found.as_json(after=4)["notices"]] == ["4"]


def test_the_oldest_go_when_they_weigh_too_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trace, "BYTES", 3000)
    found = Trace()

    found.add([notice(str(number), output="x" * 1000) for number in range(5)])

    assert [one["name"] for one in found.as_json()["notices"]] == ["3", "4"]


def test_of_a_long_value_only_the_beginning_is_shown():
    found = Trace()

    found.add([notice("a", output=["x" * 20_000])])

    assert found.as_json()["notices"][0]["output"] == {"cut": '["' + "x" * 398, "characters": 20_004}


ORDER = define(
    document(
        call("getOrder"),
        {"each": {"for": {"in": "${ .items }"}, "do": [call("pack")]}},
        {"both": {"fork": {"branches": [call("left"), {"right": {"wait": {"hours": 1}}}]}}},
        {"guard": {"try": [call("risky")], "catch": {"do": [call("mend")]}}},
        call("notify"),
    )
)


def task(reference: str, *, depth: int = 0, waiting: str | None = None, index: tuple[int, ...] = (), attempt: int | None = None) -> Live:
    name = reference.rpartition("/")[2]
    return Live(reference=reference, name=name, kind="x", index=index, since=0, waiting=waiting, attempt=attempt, depth=depth)


def test_the_tree_shows_what_is_done_in_progress_and_to_come():
    progress = Progress()
    progress.add([notice("getOrder"), notice("each", "faulted", "/do/1/each"), *[notice("pack", reference="/do/1/each/do/0/pack")] * 3])
    live = [
        task("/do/2/both"),
        task("/do/2/both/fork/branches/0/left", depth=1, waiting="the answer to GET https://x/{id}"),
        task("/do/2/both/fork/branches/1/right", depth=1, waiting="1970-01-01T01:00:00Z", index=(3,), attempt=2),
    ]

    assert render(ORDER, progress, live, run=2, suspended=False).splitlines() == [
        "**test** · `tests/test:1.0.0` · run 2",
        "",
        "- ✓ `getOrder`",
        "- ✗ `each`",
        "- ▶ `both` · since `1970-01-01 00:00:00Z`",
        "  - ‖ `left` · waits for `the answer to GET https://x/{id}` · since `1970-01-01 00:00:00Z`",
        "  - ‖ `right` · `index 3` · attempt 2 · waits for `1970-01-01T01:00:00Z` · since `1970-01-01 00:00:00Z`",
        "- ○ `guard`",
        "- ○ `notify`",
    ]


def test_a_loop_in_progress_counts_what_is_done():
    progress = Progress()
    progress.add([notice("pack", reference="/do/1/each/do/0/pack")] * 3)

    lines = render(ORDER, progress, [task("/do/1/each")], run=1, suspended=True).splitlines()

    assert lines[2].startswith("‖ **suspended**")
    assert "  - ✓ `pack` · 3 times" in lines


def test_a_tree_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(details, "LINES", 4)

    assert render(ORDER, Progress(), [], run=1, suspended=False).splitlines()[2:] == ["- ○ `getOrder`", "- ○ `each`", "…"]


def test_markdown_in_names_stays_text():
    titled = document({"a`b": {"set": {"n": 1}}})
    titled["document"]["title"] = "**bold** `code`"

    lines = render(define(titled), Progress(), [], run=1, suspended=False).splitlines()

    assert lines[0].startswith("**bold 'code'**")
    assert lines[2] == "- ○ `a'b`"
