from __future__ import annotations

import pytest

from interpreter.evaluation.child_evaluator import ChildEvaluator


@pytest.fixture(scope="module")
def evaluator():
    evaluator = ChildEvaluator()
    yield evaluator
    evaluator.close()
