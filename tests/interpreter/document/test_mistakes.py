"""Every mistake is told once, with its code, at its place, in words that name the cure."""

from __future__ import annotations

import pytest

from interpreter.document.load import load
from tests.interpreter.document.mistakes import mistakes


@pytest.mark.parametrize("mistake", mistakes(), ids=lambda mistake: mistake.title)
def test_mistake(mistake):
    findings = [one for one in load(mistake.text).findings if one.code not in ("unsupported", "schedule")]

    told = [f"{one.line}:{one.column} {one.code} {one.pointer or '(root)'} | {one.message}" for one in findings]

    assert told == mistake.expected


def test_no_title_twice():
    titles = [mistake.title for mistake in mistakes()]

    assert len(titles) == len(set(titles)) > 140
