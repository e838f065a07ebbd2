"""Whatever is wrong with a document, it is told at a place that there is."""

from __future__ import annotations

import json

import pytest

from interpreter.document.load import load
from interpreter.values import lookup
from tests.interpreter.document.mutants import documents, mutant

MUTANTS = 150


@pytest.mark.parametrize("seed", range(8))
def test_every_finding_has_a_place(seed):
    originals = documents()
    told = 0

    for number in range(MUTANTS):
        raw = mutant(originals, (seed, number), changes=(1, 1, 1, 3))
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


def test_one_more_document_changes_no_mutant_of_the_others():
    few = documents()
    one = few.popitem()
    more = {"new/sample.yaml": {"document": {"name": "new"}, "do": []}, **few, one[0]: one[1]}

    before, after = ({seed: mutant(given, seed) for seed in range(200)} for given in (few, more))

    moved = [seed for seed in before if before[seed] != after[seed]]
    assert 0 < len(moved) < 20
    assert all(after[seed] in (mutant({name: more[name]}, seed) for name in ("new/sample.yaml", one[0])) for seed in moved)


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
