"""Courses of examples that take longer than a test may, on a virtual clock."""

from __future__ import annotations

import pytest

from tests.conformance.case import Case, case_of, judge
from tests.conformance.fake import FakeRunner
from tests.conformance.yaml12 import read_all
from tests.examples.example import MISSING, VIRTUAL, name_of, path_of

RAW = list(read_all(VIRTUAL))


def _case(raw: dict[str, object]) -> Case:
    return case_of(name_of(raw), raw, path_of(raw).read_text(), [], None)  # type: ignore[arg-type]


@pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
@pytest.mark.parametrize("raw", RAW, ids=name_of)
def test_an_example_ends_as_it_must_and_when(raw: dict[str, object], fake: FakeRunner) -> None:
    case = _case(raw)
    judge(case, fake.run(case.text, script=case.script, **case.input))
