from __future__ import annotations

import json
from functools import partial
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.redact import Redaction

PLAIN = st.text(st.characters(exclude_characters="*"))


def in_json(text, **options):
    return json.dumps(text, **options)[1:-1]


def redacted(text, *values):
    redaction = Redaction()
    for value in values:
        redaction.hide(value)
    return redaction(text)


def test_what_is_not_hidden_stays():
    assert redacted("all is well") == "all is well"


def test_texts_and_numbers_are_hidden_at_every_depth():
    assert redacted("s3cret, 4711, x", {"a": [{"b": "s3cret"}, 4711], "c": None, "d": True, "e": ""}) == "***, ***, x"


def test_the_longer_text_goes_first():
    assert redacted("abcdef abc", "abc", "abcdef") == "*** ***"


@pytest.mark.parametrize("form", [quote, quote_plus, lambda text: quote(text, safe=""), in_json, partial(in_json, ensure_ascii=False)])
def test_encoded_forms_are_hidden_too(form):
    secret = 'p/ä "w" & \\'
    assert redacted(f"<{form(secret)}>", secret) == "<***>"


@given(PLAIN.filter(bool), PLAIN, PLAIN)
def test_a_hidden_text_is_never_shown(secret, before, after):
    assert secret not in redacted(before + secret + after, secret)


@given(st.lists(PLAIN), PLAIN)
def test_hiding_never_fails(values, text):
    assert isinstance(redacted(text, values), str)
