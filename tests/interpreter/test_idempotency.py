from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from interpreter.idempotency import fraction, key_of
from tests.fakes import World
from tests.interpreter.documents import event, failing, flow


@given(st.text(), st.text())
def test_keys_are_uuids_and_the_same_for_the_same_visit(seed: str, address: str):
    key = key_of(seed, address)
    assert str(UUID(key)) == key
    assert key_of(seed, address) == key


def test_a_key_written_to_a_history_never_changes():
    assert key_of("seed-1", "/do/0/a") == "233c7608-c16a-54a5-b5b6-e698b5e1e113"


def test_chains_and_visits_have_keys_of_their_own():
    assert len({key_of(seed, address) for seed in "ab" for address in ("/do/0/a", "/do/0/a#1", "/do/0/a[0]", "/do/1/a")}) == 8


@given(st.text(), st.text())
def test_draws_are_fractions_and_repeatable(seed: str, address: str):
    assert 0 <= fraction(seed, address) < 1
    assert fraction(seed, address) == fraction(seed, address)


def test_draws_are_spread_evenly():
    drawn = sorted(fraction("seed", f"/do/{at}") for at in range(1000))
    assert all(abs(value - at / 1000) < 0.08 for at, value in enumerate(drawn))


def keys(tasks: str, answer=None, input=None) -> list[str]:
    ran = World({"call.http": {} if answer is None else answer}).run(flow(tasks), input)
    return [one.key for one in ran.started]


def test_every_visit_has_its_key_whatever_way_leads_there():
    text = """
    - a: {for: {in: '[1, 2]'}, do: [b: {for: {in: '[1, 2]'}, do: [c: CALL]}]}
    - f: {fork: {branches: [c: CALL, d: {do: [c: CALL]}]}}
    - c: CALL
    - n: {set: '${ $context }', export: {as: '{ n: (($context.n // 0) + 1) }'}}
    - again: {switch: [back: {when: '($context.n // 0) < 3', then: c}]}
    """
    found = keys(text)
    assert (len(found), len(set(found))) == (9, 9)


def test_attempts_of_a_visit_share_its_key_also_in_loops_and_across_passes():
    text = "[l: {for: {in: '[1, 2]'}, do: [t: {try: [w: {wait: PT1S}, a: CALL], catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}, do: [h: {set: {n: 1}}]}}]}]"
    found = keys(text, failing("communication"))
    assert (len(found), len(set(found))) == (6, 2)
    assert found == [found[0]] * 3 + [found[3]] * 3


def test_a_key_does_not_depend_on_what_else_was_done():
    alone, beside = keys("[a: {do: [c: CALL]}]"), keys("[a: {do: [c: CALL]}, b: CALL]")
    assert beside[0] == alone[0]


HEARD = """
- a:
    try:
      - hear:
          listen: {to: {any: [{with: {type: t}}], until: '(. | length) > 1'}}
          foreach: {item: e, do: [{f: {fork: {branches: [{c: CALL}]}}}, {tell: {emit: {event: {with: {type: told, source: "https://example.com"}}}}}]}
    catch: {retry: {delay: {milliseconds: 10}, limit: {attempt: {count: 3}}}}
"""


def test_what_a_later_attempt_hears_is_another_event_with_keys_of_its_own():
    """An attempt that fails keeps the events it has consumed: under the indices of those the next one hears others."""
    answers = {"call.http": [{}, failing("communication"), {}, {}], "emit": {}}
    ran = World(answers, [(1000 * n, event("t", n)) for n in (1, 2, 3, 4)]).run(flow(HEARD))
    assert ran.completed, ran.problem
    calls = [one.key for one in ran.started if one.kind == "call.http"]
    told = [one.arguments["with"]["event"]["id"] for one in ran.started if one.kind == "emit"]
    assert (len(calls), len(set(calls))) == (4, 4)
    assert (len(told), len(set(told))) == (3, 3)


def test_a_call_that_is_tried_again_for_the_same_event_keeps_its_key():
    text = """
    - hear:
        listen: {to: {one: {with: {type: t}}}}
        foreach: {item: e, do: [{t: {try: [{w: {wait: PT1S}}, {c: CALL}], catch: {retry: {delay: PT1S, limit: {attempt: {count: 2}}}, do: [{h: {set: {n: 1}}}]}}}]}
    """
    ran = World({"call.http": failing("communication")}, [(1000, event("t", 1))]).run(flow(text))
    assert len({one.key for one in ran.started}) == 1
    assert len(ran.started) == 3
