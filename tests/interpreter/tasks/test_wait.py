from __future__ import annotations

import pytest

from interpreter.durations import LONGEST
from tests.fakes import START, World
from tests.interpreter.documents import fault_of, flow


@pytest.mark.parametrize(
    ("duration", "milliseconds"),
    [
        ("{seconds: 5}", 5000),
        ("{days: 1, hours: 1, minutes: 1, seconds: 1, milliseconds: 1}", 90_061_001),
        ("PT1M30S", 90_000),
        ("P1D", 86_400_000),
        ("'${ .for }'", 7000),
        ("{seconds: 0}", 0),
    ],
)
def test_it_takes_its_time_and_its_output_is_its_input(duration, milliseconds):
    ran = World().run(flow(f"[a: {{wait: {duration}}}, b: {{set: '${{ . }}'}}]"), {"for": "PT7S"})
    assert (ran.output, ran.end) == ({"for": "PT7S"}, milliseconds)


def test_an_expression_may_give_an_object():
    assert World().run(flow("[a: {wait: '${ .for }'}]"), {"for": {"seconds": 2, "milliseconds": 5}}).end == 2005


@pytest.mark.parametrize(
    "given",
    [
        5,
        None,
        "soon",
        True,
        [],
        {},
        {"weeks": 1},
        {"seconds": -1},
        {"seconds": "5"},
        {"seconds": [1]},
        {"seconds": True},
        {"seconds": "x" * 1000, "days": "y" * 1000},
        {"days": LONGEST},
        "P2000Y",
    ],
)
def test_an_expression_that_gives_no_duration_is_an_expression_error(given):
    assert fault_of(World().run(flow("[a: {wait: '${ .for }'}]"), {"for": given})) == ("expression", 400, "/do/0/a")


def test_waiting_is_told_with_its_end():
    ran = World().run(flow("[a: {wait: PT5S}]"))
    assert [(notice.name, notice.data) for notice in ran.notices if notice.kind == "waiting"] == [("a", {"until": START + 5000})]


def test_a_wait_in_a_loop_begins_anew_each_time():
    assert World().run(flow("[l: {for: {in: '[1, 2, 3]'}, do: [a: {wait: {seconds: 2}}]}]")).end == 6000


def test_a_duration_is_evaluated_once():
    text = "[f: {fork: {branches: [a: {wait: '${ $context.d // \"PT4S\" }'}, b: {wait: PT1S, export: {as: '{ d: \"PT9S\" }'}}]}}]"
    assert World().run(flow(text)).end == 4000
