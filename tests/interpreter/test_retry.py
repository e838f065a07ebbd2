from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.faults import PREFIXES, Problem, standard
from interpreter.retry import Policy, caught, may_retry, next_delay

YEAR = 365 * 24 * 60 * 60 * 1000


def policy(**members) -> Policy:
    plain = {
        "errors": None,
        "count": None,
        "delay": 1000,
        "backoff": "constant",
        "jitter": None,
        "limit": None,
        "start": 0,
    }
    return plain | members  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("backoff", "delays"),
    [
        ("constant", [1000, 1000, 1000, 1000]),
        ("linear", [1000, 2000, 3000, 4000]),
        ("exponential", [1000, 2000, 4000, 8000]),
    ],
)
def test_each_backoff_counts_from_the_first_retry(backoff, delays):
    assert [next_delay(policy(backoff=backoff), attempt, 0.5) for attempt in (1, 2, 3, 4)] == delays


def test_jitter_is_added_between_its_bounds():
    jittered = policy(backoff="linear", jitter=[100, 300])
    assert next_delay(jittered, 2, 0.0) == 2100
    assert next_delay(jittered, 2, 0.5) == 2200


def test_jitter_without_width_is_a_constant():
    assert next_delay(policy(jitter=[70, 70]), 1, 0.9) == 1070


@given(
    backoff=st.sampled_from(["constant", "linear", "exponential"]),
    delay=st.integers(0, 10 * YEAR),
    attempt=st.integers(1, 10**9),
)
def test_a_delay_never_exceeds_a_year(backoff, delay, attempt):
    assert 0 <= next_delay(policy(backoff=backoff, delay=delay), attempt, 0.5) <= YEAR


@given(
    backoff=st.sampled_from(["constant", "linear", "exponential"]),
    delay=st.integers(0, YEAR),
    attempt=st.integers(1, 10**6),
    bounds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(sorted),
    random=st.floats(0, 1, exclude_max=True),
)
def test_jitter_stays_within_its_bounds(backoff, delay, attempt, bounds, random):
    plain = next_delay(policy(backoff=backoff, delay=delay), attempt, random)
    jittered = next_delay(policy(backoff=backoff, delay=delay, jitter=bounds), attempt, random)
    assert plain + bounds[0] <= jittered <= plain + bounds[1]


def test_without_limits_retries_never_end():
    assert may_retry(policy(), 10**6, 10 * YEAR, 1000)


def test_count_is_the_number_of_retries():
    assert [may_retry(policy(count=2), attempt, 0, 0) for attempt in (1, 2, 3)] == [True, True, False]
    assert not may_retry(policy(count=0), 1, 0, 0)


def test_a_retry_begins_within_the_total_duration():
    limited = policy(limit=5000)
    assert may_retry(limited, 1, 3999, 1000)
    assert not may_retry(limited, 1, 4000, 1000)


def test_no_filter_catches_everything():
    assert caught(None, standard("runtime"))
    assert caught({}, standard("runtime"))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_standard_type_matches_under_every_published_prefix(prefix):
    assert caught({"type": prefix + "communication"}, standard("communication"))
    assert not caught({"type": prefix + "runtime"}, standard("communication"))


def test_a_type_of_ones_own_matches_itself_only():
    own = Problem(type="https://example.com/errors/communication", status=500)
    assert caught({"type": "https://example.com/errors/communication"}, own)
    assert not caught({"type": PREFIXES[0] + "communication"}, own)


@pytest.mark.parametrize(
    ("member", "equal", "other"),
    [
        ("status", 404, 503),
        ("instance", "/do/0/getPet", "/do/1/getPet"),
        ("title", "Not found", "Not Found"),
        ("detail", "no such pet", "no"),
        ("details", "no such pet", "no"),
    ],
)
def test_every_member_given_must_be_equal(member, equal, other):
    problem = Problem(type="t", status=404, title="Not found", detail="no such pet", instance="/do/0/getPet")
    assert caught({member: equal}, problem)
    assert not caught({member: other}, problem)
    assert not caught({member: equal, "type": "u"}, problem)


def test_a_member_the_error_lacks_is_not_equal():
    assert not caught({"title": "Not found"}, Problem(type="t", status=404))
