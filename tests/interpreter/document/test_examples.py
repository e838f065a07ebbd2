"""Good documents are read without a complaint."""

from __future__ import annotations

import pytest

from interpreter.document.load import load
from interpreter.evaluation.child_evaluator import ChildEvaluator
from tests.interpreter.document.documents import SPECIFICATION, examples, needs_specification, own

WITH_LITERAL_CREDENTIAL = {"authentication-oauth2.yaml", "authentication-oidc.yaml"}
WITH_MISSING_WORKFLOW = {"run-subflow.yaml"}
INVALID = {
    "extra-property-in-call": [(12, 7, "unknown-member")],
    "listen-any-until-any-until": [(7, 1, "duplicate-key"), (14, 13, "misplaced")],
    "two-tasks-in-one-item": [(12, 5, "two-names")],
}


@needs_specification
@pytest.mark.parametrize("path", examples(), ids=lambda path: path.name)
def test_an_example_is_valid(path):
    loaded = load(path.read_bytes(), path.name)

    allowed = {"unsupported", "schedule"}
    allowed |= {"literal-credential"} if path.name in WITH_LITERAL_CREDENTIAL else set()
    allowed |= {"missing-workflow"} if path.name in WITH_MISSING_WORKFLOW else set()
    assert loaded.definition is not None
    assert {finding.code for finding in loaded.findings} <= allowed
    assert {finding.severity for finding in loaded.findings} <= {"warning"}


@needs_specification
def test_all_examples_are_there():
    assert len(examples()) == 66


@needs_specification
@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_fixture_is_told(name):
    loaded = load((SPECIFICATION / "invalid" / f"{name}.yaml").read_bytes())

    assert loaded.definition is None
    assert [(finding.line, finding.column, finding.code) for finding in loaded.findings] == INVALID[name]


@pytest.mark.parametrize("path", own(), ids=lambda path: path.name)
def test_our_own_documents_are_valid(path):
    loaded = load(path.read_bytes(), path.name)

    assert [str(finding) for finding in loaded.findings if finding.code not in ("unsupported", "schedule")] == []
    assert loaded.definition is not None


def test_every_expression_of_good_documents_compiles():
    evaluator = ChildEvaluator()

    found = [
        str(finding)
        for path in (*own(), *examples())
        for finding in load(path.read_bytes(), path.name, compile_check=evaluator.compile_check).findings
        if finding.severity == "error"
    ]
    evaluator.close()

    assert found == []
