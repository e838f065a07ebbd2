from __future__ import annotations

import json

from interpreter.engine import advance, begin
from interpreter.live import Live, live
from interpreter.state import capture, deliver, receive, restore
from interpreter.values import encode
from tests.fakes import START, World
from tests.interpreter.documents import event, failing, flow


def after(tasks: str, *moments: int, events=(), faults=()) -> list[Live]:
    """What is in progress after passes at these instants; events come before the first, the named effects fail."""
    definition, host = flow(tasks), World().host()
    state = begin({}, id="run-1", seed="seed-1", now=START)
    for one in events:
        receive(state, one, host.limits)
    for moment in (0, *moments):
        done = advance(definition, state, START + moment, host)
        for effect in done.wanted:
            if effect.name in faults:
                deliver(state, effect.id, {"fault": failing("communication").problem.as_json()})
    found = live(definition, state)
    assert found == live(definition, restore(json.loads(encode(capture(state)))))
    return found


def shown(found: list[Live]) -> list[str]:
    return [
        "  " * one.depth + one.name + "".join(f"[{index}]" for index in one.index) + (f": {one.waiting}" if one.waiting else "")
        for one in found
    ]


def test_nothing_is_in_progress_before_the_start_and_after_the_end():
    assert live(flow("[a: CALL]"), begin({}, id="r", seed="s", now=0)) == []
    assert after("[a: {set: {n: 1}}]") == []


def test_a_task_in_progress_is_described():
    assert after("[w: {wait: PT1S}, a: CALL]", 1000) == [
        Live(
            reference="/do/1/a",
            name="a",
            kind="call.http",
            index=(),
            since=START + 1000,
            waiting="the answer to GET https://example.com/things",
            attempt=None,
            depth=0,
        )
    ]


def test_tasks_are_shown_outermost_first_and_branches_in_declared_order():
    text = """
    - f:
        fork:
          branches:
            - a: {do: [x: {set: {n: 1}}, y: CALL]}
            - b: {set: {n: 1}}
            - c: {wait: PT5S}
    """
    assert shown(after(text)) == ["f", "  a", "    y: the answer to GET https://example.com/things", "  c: 2026-01-01T00:00:05.000Z"]


def test_loops_show_where_they_are():
    text = "[l: {for: {in: '[1, 2]'}, do: [m: {for: {in: '[1, 2]'}, do: [w: {wait: PT1S}]}]}]"
    assert shown(after(text, 1000, 2000, 3000)) == ["l", "  m[1]", "    w[1][1]: 2026-01-01T00:00:04.000Z"]


def test_a_try_shows_its_attempt_and_its_pause():
    text = "[t: {try: [x: {set: {n: 1}}, a: CALL], catch: {retry: {delay: PT5S}}}]"
    first, call = after(text)
    assert (first.attempt, call.name) == (1, "a")
    assert shown(after(text, 0, faults=["a"])) == ["t: attempt 2 at 2026-01-01T00:00:05.000Z"]
    assert after(text, 0, 5000, faults=["a"])[0].attempt == 2


def test_a_handler_is_shown_below_its_try():
    text = "[t: {try: [a: CALL], catch: {do: [h: {wait: PT5S}]}}]"
    found = after(text, 0, faults=["a"])
    assert [one.reference for one in found] == ["/do/0/t", "/do/0/t/catch/do/0/h"]


def test_a_listen_says_what_it_waits_for_and_shows_what_it_does_with_an_event():
    text = "[a: {listen: {to: {any: [{with: {type: t}}], until: 'false'}}, foreach: {do: [w: {wait: PT5S}]}}]"
    assert shown(after(text)) == ["a: any of: type t"]
    assert shown(after(text, events=[event("t", 1)])) == ["a", "  w[0]: 2026-01-01T00:00:05.000Z"]


def test_names_with_slashes_are_found():
    (found,) = after("['a/b~c': {wait: PT5S}]")
    assert (found.name, found.reference) == ("a/b~c", "/do/0/a~1b~0c")
