from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.document.load import load
from tests.conformance.case import cases
from tests.conformance.kit import scenarios
from tests.interpreter.document.documents import examples

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.yaml"))


@pytest.mark.parametrize("path", [*SAMPLES, *examples()], ids=lambda path: path.name)
def test_nothing_is_said_to_be_lost_in_good_documents(path):
    assert _lost(path.read_text()) == []


def test_nothing_is_said_to_be_lost_where_the_language_is_tried():
    texts = [text for case in cases() for text in (case.text, *case.children)]
    texts += [step.block for scenario in scenarios() for step in scenario.steps if step.block is not None and "do:" in step.block]

    assert [found for text in texts for found in _lost(text)] == []


def _lost(text):
    return [str(finding) for finding in load(text).findings if finding.code == "lost-data"]
