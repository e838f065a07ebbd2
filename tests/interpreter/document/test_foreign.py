from __future__ import annotations

import pytest

from interpreter.document.foreign import _KINDS, _WORDS
from interpreter.document.shapes import members
from interpreter.document.unknown import slip_of


@pytest.mark.parametrize("kind", _WORDS, ids=lambda kind: kind.__name__)
def test_only_what_the_language_does_not_know_is_foreign(kind):
    words, known = _WORDS[kind], members(kind)

    assert not words.keys() & known.keys()
    assert {advice.instead for advice in words.values()} <= {None, *known}


@pytest.mark.parametrize("kind", _WORDS, ids=lambda kind: kind.__name__)
def test_no_advice_is_hidden_by_a_slip_of_the_pen(kind):
    assert {word for word in _WORDS[kind] if slip_of(word, list(members(kind)))} == set()


def test_every_advice_names_a_kind():
    kinds = ("wait", "fork", "call", "for", "switch", "set", "raise", "do", "run", "emit", "listen")

    assert all(text.startswith(kinds) for text in _KINDS.values())
