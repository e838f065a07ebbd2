"""Every mistake is told once, with its code, at its place, in words that name the cure."""

from __future__ import annotations

import pytest

from tests.interpreter.document.mistakes import FINE, FOLDER, documents, expectation, told

DOCUMENTS = documents()
WRONG = [document for document in DOCUMENTS if document.parent.name != FINE]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: f"{document.parent.name}/{document.stem}")
def test_what_is_said_about_it(document):
    assert told(document) == expectation(document).read_text()


def test_there_are_many():
    assert len(WRONG) >= 120


def test_every_document_has_its_expectation_and_every_expectation_its_document():
    assert {path.with_suffix("") for path in FOLDER.glob("*/*.findings")} == {path.with_suffix("") for path in DOCUMENTS}


def test_something_is_said_about_every_mistake():
    assert [document.name for document in WRONG if not expectation(document).read_text()] == []


def test_no_error_is_told_of_what_is_none():
    fine = [expectation(document).read_text() for document in DOCUMENTS if document not in WRONG]

    assert fine
    assert not any("error[" in said for said in fine)
