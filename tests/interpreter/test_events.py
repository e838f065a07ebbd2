from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.document.model import AllEvents, AnyEvent, EventFilter, OneEvent
from interpreter.events import described, filters_of, read
from interpreter.values import Json, encode
from tests.fakes import World
from tests.interpreter.documents import event, flow


def passes(filter: str, sent: Json, input: Json = None) -> bool:
    """Whether an event passes a filter."""
    ran = World(events=[(0, sent)]).run(
        flow(f"[t: {{try: [a: {{timeout: {{after: PT1S}}, listen: {{to: {{one: {filter}}}}}}}], catch: {{}}}}]"), input
    )
    assert ran.completed, ran.problem
    return ran.inbox == []


SENT = event(
    "com.shop.paid",
    {"n": 5, "who": "ada", "list": [1, {"x": "y"}], "flag": True},
    source="https://shop/1",
    subject="order",
    room="r-7",
    floor=3,
)


@pytest.mark.parametrize(
    ("attributes", "passed"),
    [
        ("type: com.shop.paid", True),
        ("type: com.shop.sold", False),
        ("type: com\\.shop\\..*", True),
        ("type: shop", False),
        ("type: 'com.(shop|house).paid'", True),
        ("type: '(unclosed'", False),
        ("type: com.shop.paid, subject: order", True),
        ("type: com.shop.paid, subject: other", False),
        ("type: com.shop.paid, absent: x", False),
        ("source: 'https://shop/1'", True),
        ("room: r-7", True),
        ("room: 'r-[0-9]'", True),
        ("floor: 3", True),
        ("floor: '3'", True),
        ("floor: 4", False),
        ("floor: true", False),
        ("type: '${ . == \"com.shop.paid\" }'", True),
        ("type: '${ startswith(\"com.\") }'", True),
        ("type: '${ startswith(\"org.\") }'", False),
        ("type: '${ \"com.shop.paid\" }'", True),
        ("type: '${ \"com.shop.sold\" }'", False),
        ("type: 'com.${ \"shop\" }.paid'", True),
        ("data: '${ .n > 3 }'", True),
        ("data: '${ .n > 7 }'", False),
        ("data: '${ .n.deep.error }'", False),
        ("data: '${ error }'", False),
        ("data: '${ null }'", False),
        ("absent: '${ . == null }'", True),
        ("data: {n: 5}", True),
        ("data: {n: 5.0}", True),
        ("data: {n: 6}", False),
        ("data: {n: '5'}", True),
        ("data: {who: 'a.a'}", True),
        ("data: {who: '${ length == 3 }'}", True),
        ("data: {absent: null}", False),
        ("data: {flag: true}", True),
        ("data: {flag: 1}", False),
        ("data: {list: [1, {x: 'y'}]}", True),
        ("data: {list: [1]}", False),
        ("data: text", False),
        ("type: '${ . as $t | $context | $t == \"com.shop.paid\" }'", True),
    ],
)
def test_what_a_filter_lets_through(attributes, passed):
    assert passes(f"{{with: {{{attributes}}}}}", SENT) is passed


def test_a_pattern_with_braces_is_a_pattern():
    assert passes("{with: {room: 'r-[0-9]{1}'}}", SENT)


def test_an_expression_sees_the_workflows_side_too():
    text = "{with: {data: '${ .who == $input.who }'}}"
    assert passes(text, SENT, {"who": "ada"})
    assert not passes(text, SENT, {"who": "bob"})


TEXTS = st.text("abc.*+?(){}|\\^$ ü1", max_size=12)
PLAIN = st.tuples(st.text("ab./", max_size=4), st.text("ab./\n", max_size=4))


@given(st.tuples(TEXTS, TEXTS) | PLAIN)
def test_a_constant_passes_exactly_what_equals_it_or_matches_it(texts: tuple[str, str]):
    wanted, sent = texts
    if "${" in wanted or not sent:
        return
    try:
        matches = re.fullmatch(wanted, sent) is not None
    except re.error:
        matches = False
    assert passes(encode({"with": {"subject": wanted}}), event("t", 1, subject=sent)) is (wanted == sent or matches)


@pytest.mark.parametrize("mode", ["data", "envelope", "raw"])
def test_reading_never_fails(mode):
    for data in (None, 5, "x", [1], {"a": 1}):
        read(event("t", data), mode)
    for encoded in ("", "not base64!", "ü", "e30=", 5, None, {"a": 1}):
        for kind in ("application/json", "text/plain", 5, None):
            read({"id": "1", "source": "s", "type": "t", "data_base64": encoded, "datacontenttype": kind}, mode)


@pytest.mark.parametrize("text", ["NaN", "[1e999]", "-Infinity", "[" * 300 + "]" * 300, "1" * 5000, "{", ""], ids=len)
def test_data_that_only_claims_to_be_json_stays_as_it_was_sent(text):
    encoded = base64.b64encode(text.encode()).decode()
    assert read({"id": "1", "source": "s", "type": "t", "data_base64": encoded}, "data") == encoded


def filter_of(type: str) -> EventFilter:
    return EventFilter(with_={"type": type})


@pytest.mark.parametrize(
    ("strategy", "text", "count"),
    [
        (OneEvent(one=filter_of("t")), "an event with type t", 1),
        (AllEvents(all=[filter_of("t"), filter_of("u")]), "all of: type t; type u", 2),
        (AnyEvent(any=[filter_of("t")]), "any of: type t", 1),
        (AnyEvent(any=[]), "any event", 0),
    ],
)
def test_strategies_in_words(strategy, text, count):
    assert described(strategy) == text
    assert len(filters_of(strategy)) == count
