from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.cache.key import Surroundings, key_of
from activities.policy import Policy, Rule, everything
from interpreter.values import canonical
from tests.interpreter.test_values import VALUES

WANTED = {"ttl": 1, "scope": ["workflow", "test", "flow"], "varies": "0" * 64}
AROUND = Surroundings("default", None, {})


def keyed(wanted=WANTED, kind="call.http", around=AROUND, secrets=None, made=None):
    return key_of(wanted, kind, around, secrets or {}, made)


PARTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["call.http", "run.shell"]),
        "scope": st.lists(st.sampled_from(["workflow", "namespace", "a", "b"]), max_size=3),
        "varies": st.sampled_from(["0" * 64, "1" * 64]),
        "namespace": st.sampled_from(["default", "other"]),
        "granted": st.sampled_from([None, {"hosts": ["a"]}, {"hosts": ["b"]}]),
        "origins": st.sampled_from([{}, {"https://a": "http://b"}]),
    }
)


def of(parts, secrets=None, made=None):
    wanted = {"ttl": 1, "scope": parts["scope"], "varies": parts["varies"]}
    return key_of(wanted, parts["kind"], Surroundings(parts["namespace"], parts["granted"], parts["origins"]), secrets or {}, made)


@given(PARTS, PARTS)
def test_keys_are_equal_if_and_only_if_the_parts_are(one, other):
    assert (of(one) == of(other)) == (canonical(one) == canonical(other))


@settings(max_examples=15, deadline=None)
@given(*[st.dictionaries(st.sampled_from(["a", "b"]), VALUES, max_size=2)] * 2, *[st.sampled_from([None, {"x": 1}, {"x": 2}])] * 2)
def test_keys_with_secrets_are_equal_if_and_only_if_the_secrets_and_what_was_made_of_them_are(one, other, made, remade):
    assert (keyed(secrets=one, made=made) == keyed(secrets=other, made=remade)) == (canonical([one, made]) == canonical([other, remade]))


def test_a_key_is_a_hash_that_shows_nothing():
    assert re.fullmatch("[0-9a-f]{64}", keyed())
    assert re.fullmatch("[0-9a-f]{64}", keyed(secrets={"site": "hunter2"}))


def test_neither_the_time_nor_the_wish_for_something_new_is_part_of_it():
    assert keyed() == keyed({**WANTED, "ttl": 5, "anew": True})


def test_a_key_of_the_documents_own_still_depends_on_secrets_but_not_on_what_was_made_of_them():
    mine = {**WANTED, "own": True}
    assert keyed(mine, secrets={"a": 1}, made={"x": 1}) == keyed(mine, secrets={"a": 1}, made={"x": 2})
    assert keyed(mine, secrets={"a": 1}) != keyed(mine, secrets={"a": 2})
    assert keyed(mine) != keyed(mine, secrets={"a": 1})


def test_what_the_run_carries_counts_where_the_documents_own_key_does_not_see_what_came_of_it():
    mine, forged = AROUND._replace(carried=("a", "b")), AROUND._replace(carried=("a", "c"))
    own = {**WANTED, "own": True}
    assert len({keyed(own, around=around) for around in (AROUND, mine, forged)}) == 3
    assert keyed(own, around=mine) == keyed(own, around=AROUND._replace(carried=("b", "a")))
    assert keyed(around=mine) == keyed(around=forged)


def granted(*rules, queue="q", document="d", functions=()):
    return Policy(rules).grant(queue, document, functions).as_json()


def test_who_may_do_the_same_shares_whoever_they_are():
    assert granted(everything()) == granted(everything(documents=("d",)), everything())
    one = granted(Rule(kinds=("call.*",), hosts=("a", "b")))
    assert one == granted(Rule(hosts=("b", "a"), queues=("q",)), Rule(kinds=("call.*",), documents=("d",)))


def test_who_may_do_other_things_does_not():
    mine = granted(Rule(kinds=("call.*",), hosts=("a",)))
    assert mine != granted(Rule(kinds=("call.*",), hosts=("b",)))
    assert mine != granted(Rule(kinds=("call.*",), hosts=("a",)), functions=("f",))
