from __future__ import annotations

import pytest

from tests.fakes import After, World
from tests.interpreter.documents import failing, fault_of, flow

ASK = "{call: http, with: {method: get, endpoint: 'https://example.com/${ . }'}}"


def ran(arguments: str, answer=None, input=..., *, tail: str = "", **root):
    return World({"each": answer, "ask": answer}).run(flow(f"[all: {{call: 'map:1.0.0@default', with: {arguments}}}{tail}]", **root), input)


def number(effect) -> int:
    return int(effect.arguments["with"]["uri"].rpartition("/")[2])


def test_results_stand_in_the_order_of_the_items_whatever_order_they_come_in():
    done = ran(f"{{items: [3, 1, 2], each: {ASK}}}", lambda effect: After(1000 * number(effect), number(effect)))
    assert (done.output, done.end) == ([3, 1, 2], 3000)


def test_an_item_is_the_input_and_has_a_number():
    each = "{set: {dot: '${ . }', item: '${ $item }', at: '${ $index }', outer: '${ $input }'}}"
    done = ran(f"{{items: '${{ .of }}', each: {each}}}", input={"of": ["a", "b"]})
    assert done.output == [{"dot": it, "item": it, "at": at, "outer": it} for at, it in enumerate("ab")]


def test_a_function_by_its_name():
    done = ran("{items: [1, 2], each: twice}", use={"functions": {"twice": {"set": {"n": "${ . * 2 }"}}}})
    assert done.output == [{"n": 2}, {"n": 4}]


@pytest.mark.parametrize(("concurrency", "wide"), [("", 20), (", concurrency: 7", 7), (", concurrency: 100", 60)])
def test_no_more_than_wanted_are_in_work_at_once(concurrency: str, wide: int):
    done = ran(f"{{items: '${{ [range(60)] }}', each: {ASK}{concurrency}}}", lambda effect: After(1000 + number(effect) * 10, 0))
    ends = [(one.at + 1000 + at * 10, -1) for at, one in enumerate(done.started)]
    running, most = 0, 0
    for _, change in sorted([*ends, *((one.at, 1) for one in done.started)]):
        running += change
        most = max(most, running)
    assert most == wide


def test_a_thousand_items_take_their_turns():
    done = ran(f"{{items: '${{ [range(1000)] }}', each: {ASK}}}", lambda effect: After(100, number(effect)))
    assert done.output == list(range(1000))
    assert done.end == 100 * 1000 / 20


def test_tasks_in_an_item_see_what_it_exports_and_nothing_else_does():
    each = "{do: [{a: {set: '${ . }', export: {as: '{kept: .}'}}}, {b: {set: '${ [., $context.kept] }'}}]}"
    done = ran(f"{{items: [1, 2], each: {each}}}")
    assert (done.output, done.context) == ([[1, 1], [2, 2]], {})


def failing_for(*bad: int):
    def answer(effect):
        return failing("communication", 503) if number(effect) in bad else number(effect)

    return answer


def test_a_failure_fails_all_of_it_and_the_rest_is_cancelled():
    done = ran(
        f"{{items: [1, 2, 3], each: {ASK}}}", lambda effect: failing("communication", 503) if number(effect) == 2 else After(5000, 0)
    )
    assert fault_of(done) == ("communication", 503, "/do/0/all/with/each")
    assert (done.end, done.cancelled) == (0, ["/do/0/all/with/each"] * 2)
    assert done.told("cancelled") == ["each", "each"]


@pytest.mark.parametrize(("tolerate", "fails"), [(0, True), (0.1, True), (0.2, False), (0.25, False), (1, False)])
def test_errors_stand_in_the_place_of_results_up_to_the_tolerated_share(tolerate: float, fails: bool):
    done = ran(f"{{items: '${{ [range(10)] }}', each: {ASK}, tolerate: {tolerate}}}", failing_for(3, 7))
    if fails:
        assert fault_of(done)[:2] == ("communication", 503)
        return
    assert [at for at, one in enumerate(done.output) if isinstance(one, dict)] == [3, 7]
    assert done.output[3]["status"] == 503
    assert done.output[3]["instance"] == "/do/0/all/with/each"


def test_every_item_has_a_key_of_its_own_and_its_number():
    done = ran(f"{{items: [1, 1, 1], each: {ASK}}}", 0)
    assert len({one.key for one in done.started}) == 3
    assert [notice.index for notice in done.notices if notice.kind == "completed" and notice.name == "each"] == [(0,), (1,), (2,)]


def test_end_in_an_item_ends_the_run():
    each = "{do: [{a: {switch: [{stop: {when: '. == 2', then: end}}, {go: {then: continue}}]}}, {w: {wait: PT5S}}]}"
    done = ran(f"{{items: [1, 2, 3], each: {each}}}", tail=", after: {set: {x: 1}}")
    assert (done.output, done.end) == (2, 0)


def test_there_may_be_nothing_to_do():
    assert ran(f"{{items: [], each: {ASK}}}").output == []


def test_maps_in_each_other():
    inner = "{call: 'map:1.0.0@default', with: {items: '${ [range(.)] }', each: {set: '${ [$item, $index] }'}}}"
    assert ran(f"{{items: [1, 2], each: {inner}}}").output == [[[0, 0]], [[0, 0], [1, 1]]]


@pytest.mark.parametrize(
    "arguments",
    [
        f"{{items: 5, each: {ASK}}}",
        f"{{each: {ASK}}}",
        "{items: [1]}",
        "{items: [1], each: {cal: http}}",
        f"{{items: [1], each: {ASK}, concurrency: 0}}",
        f"{{items: [1], each: {ASK}, concurrency: true}}",
        f"{{items: [1], each: {ASK}, tolerate: 2}}",
        f"{{items: [1], each: {ASK}, tolerate: '10%'}}",
        f"{{items: [1], each: {ASK}, wide: 2}}",
    ],
)
def test_what_makes_no_sense_is_an_error(arguments: str):
    assert fault_of(ran(arguments)) == ("validation", 400, "/do/0/all")
