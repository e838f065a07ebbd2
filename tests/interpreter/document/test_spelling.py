from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.document.spelling import nearest, slips

WORDS = st.text("abcd", max_size=6)


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("edn", ["continue", "exit", "end"], "end"),
        ("slwo", ["slow"], "slow"),
        ("HTTP", ["http", "grpc"], "http"),
        ("client-credentials", ["client_credentials", "password"], "client_credentials"),
        ("respnse", ["content", "raw", "response"], "response"),
        ("docker", ["container", "shell"], None),
        ("x", ["y"], None),
        ("anything", [], None),
    ],
)
def test_nearest(word, choices, meant):
    assert nearest(word, choices) == meant


@given(WORDS, WORDS)
def test_slips_are_counted_both_ways_alike(one, other):
    assert slips(one, other) == slips(other, one)


@given(WORDS)
def test_a_word_is_no_slip_of_itself(word):
    assert slips(word, word) == 0


@given(WORDS.filter(lambda word: len(word) > 1), st.data())
def test_a_lost_letter_is_one_slip(word, data):
    at = data.draw(st.integers(0, len(word) - 1))

    assert slips(word, word[:at] + word[at + 1 :]) == 1
