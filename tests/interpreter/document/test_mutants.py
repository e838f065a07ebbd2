"""Whatever is wrong with a document, it is told at a place that there is."""

from __future__ import annotations

import json
import random

import pytest

from interpreter.document.load import load
from interpreter.values import lookup
from tests.interpreter.document.mutants import documents, mutant

MUTANTS = 150


@pytest.mark.parametrize("seed", range(8))
def test_every_finding_has_a_place(seed):
    originals, source = documents(), random.Random(1000 + seed)
    told = 0

    for _ in range(MUTANTS):
        raw = source.choice(originals)
        for _ in range(source.choice((1, 1, 1, 3))):
            raw = mutant(raw, source)
        text = json.dumps(raw, indent=1)
        loaded = load(text, "mutant.json")
        errors = [finding for finding in loaded.findings if finding.severity == "error"]

        assert (loaded.definition is None) == bool(errors)
        for finding in loaded.findings:
            lookup(raw, finding.pointer)
            assert 1 <= finding.line <= text.count("\n") + 1
            assert finding.column >= 1
            assert finding.message
        told += len(errors)

    assert told > MUTANTS // 3


def test_several_changes_do_not_hide_each_other():
    text = """
    document: {dsl: '1.0.3', namespace: test, name: x, version: 1.0}
    do:
      - a: {wait: 30s}
      - b: {cal: http, with: {metod: get, endpoint: x}}
      - c: {set: {}}
    """

    codes = [finding.code for finding in load(text).findings]

    assert codes == ["wrong-type", "bad-duration", "misspelt-kind", "unknown-member", "bad-uri", "empty"]
