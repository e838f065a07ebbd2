from __future__ import annotations

import pytest

from interpreter.evaluation.jq_evaluator import JqEvaluator


@pytest.fixture(scope="module")
def evaluator():
    evaluator = JqEvaluator()
    yield evaluator
    evaluator.close()
