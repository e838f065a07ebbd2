from __future__ import annotations

import json

import pytest

from interpreter.defaults import Limits
from interpreter.values import Json
from tests.fakes import After, World
from tests.interpreter.documents import event, failing, fault_of, flow


def hear(to: str, *events, more: str = "", input=..., answers=None, limits=None):
    """A `listen` that hears the events, one a second from the first second on (or `(milliseconds, event)`)."""
    timed = [one if isinstance(one, tuple) else (1000 * at, one) for at, one in enumerate(events, 1)]
    return World(answers, timed, limits=limits).run(flow(f"[a: {{listen: {{to: {to}}}{more}}}]"), input)


ONE = "{one: {with: {type: t}}}"


# Strategies


def test_one_ends_at_the_first_match_with_an_array():
    ran = hear(ONE, event("u", 1), event("t", 2), event("t", 3))
    assert (ran.output, ran.end) == ([2], 2000)


def test_all_ends_when_each_filter_has_matched_once_in_order_of_arrival():
    ran = hear("{all: [{with: {type: t}}, {with: {type: u}}]}", event("u", 1), event("u", 2), event("t", 3))
    assert (ran.output, ran.end) == ([1, 3], 3000)
    assert [one["data"] for one in ran.inbox] == [2]


def test_in_all_an_event_fills_the_first_unfilled_filter_it_matches():
    ran = hear("{all: [{with: {type: t}}, {with: {type: 't|u'}}]}", event("t", 1), event("t", 2))
    assert ran.output == [1, 2]


def test_any_without_until_ends_at_the_first_match():
    assert hear("{any: [{with: {type: t}}, {with: {type: u}}]}", event("v", 0), event("u", 1), event("t", 2)).output == [1]


def test_an_empty_any_is_met_by_every_event():
    assert hear("{any: []}", event("whatever", 1)).output == [1]


def test_an_empty_all_is_met_at_once():
    assert hear("{all: []}").output == []


def test_until_an_expression_holds_on_what_was_consumed_so_far():
    to = "{any: [{with: {type: t}}], until: '(. | length) > 2'}"
    ran = hear(to, event("t", 1), event("u", 9), event("t", 2), event("t", 3), event("t", 4))
    assert (ran.output, ran.end) == ([1, 2, 3], 4000)


def test_until_may_look_at_the_context_that_foreach_fills():
    more = ", foreach: {export: {as: '{ sum: (($context.sum // 0) + .) }'}}"
    assert hear("{any: [], until: $context.sum >= 6}", *(event("t", n) for n in range(1, 9)), more=more).output == [1, 2, 3]


def test_until_with_foreach_still_sees_what_was_consumed():
    more = ", foreach: {do: [s: {set: {n: '${ $item }'}}]}"
    ran = hear("{any: [], until: 'add >= 3'}", event("t", 1), event("t", 2), event("t", 3), more=more)
    assert ran.output == [{"n": 1}, {"n": 2}]


def test_until_other_events_which_are_not_part_of_the_output():
    ran = hear(
        "{any: [{with: {type: t}}], until: {one: {with: {type: stop}}}}", event("t", 1), event("t", 2), event("stop", 3), event("t", 4)
    )
    assert (ran.output, ran.end) == ([1, 2], 3000)
    assert [one["data"] for one in ran.inbox] == []


def test_until_all_of_several_events():
    to = "{any: [{with: {type: t}}], until: {all: [{with: {type: x}}, {with: {type: y}}]}}"
    ran = hear(to, event("y", 1), event("t", 2), event("y", 3), event("x", 4))
    assert (ran.output, ran.end) == ([2], 4000)


def test_until_any_of_several_events():
    to = "{any: [{with: {type: t}}], until: {any: [{with: {type: x}}, {with: {type: y}}]}}"
    assert hear(to, event("t", 1), event("y", 2)).output == [1]


def test_an_event_that_ends_it_counts_as_that_also_when_it_matches_the_other_filters():
    assert hear("{any: [], until: {one: {with: {type: stop}}}}", event("t", 1), event("stop", 2)).output == [1]


def test_until_false_listens_for_ever_and_keeps_no_list():
    sent = [event("t", "x" * 1000, id=str(n)) for n in range(100)]
    ran = hear("{any: [], until: '${ false }'}", *sent, more=", timeout: {after: PT2M}", limits=Limits(total_bytes=20_000))
    assert (fault_of(ran), ran.inbox) == (("timeout", 408, "/do/0/a"), [])


def test_until_that_fails_is_an_expression_error():
    assert fault_of(hear("{any: [], until: error}", event("t", 1))) == ("expression", 400, "/do/0/a")


# Reading


CLOUD = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}


@pytest.mark.parametrize(
    ("mode", "sent", "read"),
    [
        ("data", {"data": {"n": 1}}, {"n": 1}),
        ("envelope", {"data": 5, "room": 7}, {**CLOUD, "data": 5, "room": 7}),
        ("raw", {"data": {"n": 1}}, '{"n":1}'),
        ("raw", {"data": "text"}, "text"),
        ("raw", {}, None),
        ("raw", {"data_base64": "eyJuIjoxfQ=="}, "eyJuIjoxfQ=="),
        ("data", {}, None),
        ("data", {"data_base64": "eyJuIjoxfQ=="}, {"n": 1}),
        ("data", {"data_base64": "eyJuIjoxfQ==", "datacontenttype": "application/vnd.x+json; charset=utf-8"}, {"n": 1}),
        ("data", {"data_base64": "AAEC", "datacontenttype": "image/png"}, "AAEC"),
        ("data", {"data_base64": "AAEC"}, "AAEC"),
    ],
)
def test_what_is_read_of_an_event(mode, sent, read):
    ran = World(events=[(0, {**CLOUD, **sent})]).run(flow(f"[a: {{listen: {{to: {ONE}, read: {mode}}}}}]"))
    assert ran.output == [read]


# Foreach


def test_foreach_runs_its_tasks_and_shapes_each_result():
    more = """, foreach: {item: e, at: n, do: [s: {set: {twice: '${ $e * 2 }', at: '${ $n }', got: '${ . }'}}], output: {as: '. + {shaped: $e}'}}"""
    ran = hear("{any: [], until: 'length == 2'}", event("t", 5), event("t", 6), more=more)
    assert ran.output == [{"twice": 10, "at": 0, "got": 5, "shaped": 5}, {"twice": 12, "at": 1, "got": 6, "shaped": 6}]


def test_foreach_has_default_names_and_without_tasks_shapes_the_item():
    assert hear(ONE, event("t", 5), more=", foreach: {output: {as: '[., $item, $index]'}}").output == [[5, 5, 0]]


def test_output_of_foreach_knows_the_raw_output():
    assert hear(ONE, event("t", 5), more=", foreach: {do: [s: {set: {n: 1}}], output: {as: '[., $output, $item]'}}").output == [
        [{"n": 1}, {"n": 1}, 5]
    ]


def test_foreach_exports_what_its_output_shaped():
    ran = hear(ONE, event("t", 5), more=", foreach: {output: {as: '{ v: . }'}, export: {as: '{ kept: ., again: $output }'}}")
    assert ran.context == {"kept": {"v": 5}, "again": {"v": 5}}


@pytest.mark.parametrize("member", ["output", "export"])
def test_foreach_checks_its_schemas(member):
    ran = hear(ONE, event("t", 5), more=f", foreach: {{{member}: {{as: '{{ v: . }}', schema: {{document: {{required: [absent]}}}}}}}}")
    assert fault_of(ran) == ("validation", 400, "/do/0/a")


def test_foreach_handles_one_event_at_a_time_in_order_of_arrival():
    answers = {"c": lambda effect: effect.arguments["with"]["body"]}
    more = ", foreach: {do: [c: {call: http, with: {method: post, endpoint: 'https://example.com', body: '${ $item }'}}, w: {wait: PT5S}]}"
    ran = hear("{any: [], until: 'length == 3'}", *(event("t", n) for n in range(3)), more=more, answers=answers)
    assert ran.output == [0, 1, 2]
    assert [one.at for one in ran.started] == [1000, 6000, 11_000]
    assert len({one.key for one in ran.started}) == 3


def test_exit_ends_the_iteration_and_end_the_workflow():
    more = ", foreach: {do: [x: {set: {n: '${ $item }'}}, s: {switch: [out: {when: $item == 1, then: exit}, stop: {when: $item == 2, then: end}]}, y: {set: {last: '${ $item }'}}]}"
    ran = hear("{any: [], until: 'length == 9'}", *(event("t", n) for n in range(5)), more=more)
    assert (ran.output, ran.end) == ([{"last": 0}, {"n": 1}, {"n": 2}], 3000)


def test_a_fault_in_foreach_ends_the_listen():
    ran = hear(ONE, event("t", 5), more=", foreach: {do: [c: CALL]}", answers={"c": failing("communication", 503)})
    assert fault_of(ran) == ("communication", 503, "/do/0/a/foreach/do/0/c")


def test_foreach_tasks_have_references_and_indices():
    more = ", foreach: {do: [s: {set: {r: '${ $task.reference }'}}]}"
    ran = hear("{any: [], until: 'length == 2'}", event("t", 1), event("t", 2), more=more)
    assert ran.output == [{"r": "/do/0/a/foreach/do/0/s"}] * 2
    assert [one.index for one in ran.notices if one.name == "s" and one.kind == "started"] == [(0,), (1,)]


# Correlation


BOTH = "{all: [{with: {type: t}, correlate: {order: {from: .data.order}}}, {with: {type: u}, correlate: {order: {from: .data.order}}}]}"


def test_without_expect_the_first_value_seen_becomes_the_expected_one():
    sent = [event("t", {"order": 1}), event("u", {"order": 2}), event("u", {"order": 1})]
    assert hear(BOTH, *sent).output == [{"order": 1}, {"order": 1}]


@pytest.mark.parametrize("expect", ["'${ .order }'", "'${ $context.order // $input.order }'"])
def test_expect_is_evaluated_on_the_workflows_side(expect):
    to = f"{{one: {{with: {{type: t}}, correlate: {{order: {{from: .data.order, expect: {expect}}}}}}}}}"
    assert hear(to, event("t", {"order": 1}), event("t", {"order": 2}), input={"order": 2}).output == [{"order": 2}]


def test_expect_may_be_a_constant():
    to = "{one: {with: {type: t}, correlate: {room: {from: .room, expect: kitchen}}}}"
    assert hear(to, event("t", 1, room="hall"), event("t", 2, room="kitchen")).output == [2]


@pytest.mark.parametrize("key", [".absent", "null", "error", ".data.order.deep"])
def test_what_has_no_key_never_correlates(key):
    to = f"{{one: {{with: {{type: t}}, correlate: {{k: {{from: '{key}'}}}}}}}}"
    assert fault_of(hear(to, event("t", {"order": 1}), more=", timeout: {after: PT9S}")) == ("timeout", 408, "/do/0/a")


def test_keys_are_equal_as_json_is():
    for other, correlates in ((1.0, True), (True, False), ("1", False)):
        ran = hear(BOTH, event("t", {"order": 1}), event("u", {"order": other}), more=", timeout: {after: PT9S}")
        assert ran.completed is correlates


# The inbox


def test_events_that_come_before_the_listen_are_seen_by_it():
    text = f"[w: {{wait: PT10S}}, a: {{listen: {{to: {ONE}}}}}]"
    ran = World(events=[(1000, event("t", 1)), (2000, event("t", 2))]).run(flow(text))
    assert (ran.output, ran.end) == ([1], 10_000)


def test_each_of_two_listens_gets_an_event_of_its_own_by_document_order():
    text = f"[f: {{fork: {{branches: [a: {{listen: {{to: {ONE}}}}}, b: {{listen: {{to: {ONE}}}}}]}}}}]"
    assert World(events=[(1000, event("t", 1)), (2000, event("t", 2))]).run(flow(text)).output == [[1], [2]]


def test_what_one_listen_passes_over_feeds_another():
    other = "{one: {with: {type: u}}}"
    text = f"[f: {{fork: {{branches: [a: {{listen: {{to: {ONE}}}}}, b: {{listen: {{to: {other}}}}}]}}}}]"
    assert World(events=[(1000, event("u", 1)), (2000, event("t", 2))]).run(flow(text)).output == [[2], [1]]


def test_a_repetition_is_dropped():
    same = event("t", 1)
    ran = hear("{any: [], until: 'length == 2'}", same, same, event("t", 2))
    assert (ran.output, ran.end) == ([1, 2], 3000)


def test_rubbish_is_counted_and_disturbs_nobody():
    rubbish: list[Json] = [
        5,
        None,
        "x",
        [],
        {},
        {"id": "1", "source": "/s"},
        {"id": "", "source": "/s", "type": "t"},
        {"id": 1, "source": "/s", "type": "t"},
    ]
    not_finite = {"specversion": "1.0", "id": "n", "source": "/s", "type": "t", "data": float("nan")}
    deep = json.loads("[" * 400 + "]" * 400)
    ran = hear(ONE, *rubbish, not_finite, event("t", deep, id="deep"), event("t", "x" * 300_000, id="big"), event("t", 1))
    assert (ran.output, ran.dropped) == ([1], len(rubbish) + 3)


def test_when_the_inbox_is_full_the_oldest_event_goes():
    text = "[w: {wait: PT1H}, a: {listen: {to: {any: [], until: 'length == 3'}}}]"
    sent = [(n, event("t", n)) for n in range(10)]
    ran = World(events=sent, limits=Limits(inbox_events=3)).run(flow(text))
    assert (ran.output, ran.dropped) == ([7, 8, 9], 7)
    large = [(n, event("t", str(n) * 500, id=str(n))) for n in range(10)]
    ran = World(events=[*large, (4_000_000, event("t", "last"))], limits=Limits(inbox_bytes=1400)).run(flow(text))
    assert (ran.output, ran.dropped) == (["8" * 500, "9" * 500, "last"], 8)


def test_waiting_is_told_with_what_is_waited_for():
    ran = hear("{all: [{with: {type: t}}, {with: {source: 'https://s', type: u}}]}", event("t", 1), event("u", 2, source="https://s"))
    assert [one.data for one in ran.notices if one.kind == "waiting"] == [{"events": "all of: type t; source https://s, type u"}]


def test_a_timeout_ends_the_listening():
    text = f"[t: {{try: [a: {{timeout: {{after: PT5S}}, listen: {{to: {ONE}}}}}], catch: {{do: [h: {{set: {{late: true}}}}]}}}}]"
    ran = World(events=[(9000, event("t", 1))]).run(flow(text))
    assert (ran.output, ran.end) == ({"late": True}, 5000)


def test_output_and_export_of_the_task_apply_to_the_array():
    ran = hear(ONE, event("t", 5), more=", output: {as: '.[0]'}, export: {as: '{ got: . }'}")
    assert (ran.output, ran.context) == (5, {"got": 5})


def test_a_call_in_foreach_is_cut_off_by_the_timeout_of_the_listen():
    ran = hear(ONE, event("t", 5), more=", foreach: {do: [c: CALL]}, timeout: {after: PT3S}", answers={"c": After(60_000, 1)})
    assert fault_of(ran) == ("timeout", 408, "/do/0/a")
    assert (ran.told("cancelled"), ran.end) == (["c"], 3000)


# What is told


def told_keys(ran) -> list[Json]:
    return [notice.data.get("keys") for notice in ran.notices if notice.kind == "completed" and notice.reference]


def test_the_keys_of_its_correlation_are_told_when_it_is_complete():
    to = "{all: [{with: {type: t}, correlate: {order: {from: .data.order}}}, {with: {type: u}, correlate: {order: {from: .data.order}}}]}"
    ran = hear(to, event("t", {"order": "o-7"}), event("u", {"order": "o-8"}), event("u", {"order": "o-7"}))
    assert told_keys(ran) == [{"order": "o-7"}]


def test_without_keys_it_is_told_that_there_are_none():
    assert told_keys(hear(ONE, event("t", 1))) == [{}]


def test_what_waits_for_nothing_tells_of_no_correlation():
    assert told_keys(hear("{all: []}")) == [None]
