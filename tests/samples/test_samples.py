"""Every sample does what it says, in both worlds."""

from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.document.load import load
from interpreter.evaluation.child_evaluator import ChildEvaluator
from tests.conformance.case import Case, judge
from tests.conformance.world import Runner
from tests.conformance.worlds import WORLDS
from tests.samples.sample import FOLDER, described, samples

FILES = sorted(FOLDER.glob("*.yaml"))
PLACES = [
    pytest.param(case, *world.values, id=f"{world.id}-{case.name}", marks=world.marks)
    for case in samples()
    for world in (WORLDS[:1] if case.needs_virtual_time else WORLDS)
]


@pytest.mark.parametrize(("case", "world"), PLACES)
def test_a_sample_does_what_it_says(case: Case, runner: Runner) -> None:
    judge(case, runner.run(case.text, children=case.children, script=case.script, **case.input))


def test_every_sample_is_tested() -> None:
    assert {path.stem for path in FILES} == described()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sample_leaves_nothing_to_be_told(path: Path, evaluator: ChildEvaluator) -> None:
    loaded = load(path.read_text(), compile_check=evaluator.compile_check, known=[("samples", "run-workflow-child", "1.0.0")])
    assert loaded.findings == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sample_says_what_it_shows_and_how_to_run_it(path: Path) -> None:
    comment, _, _ = path.read_text().partition("document:")
    assert f"samples/{path.name}" in comment or "make demo" in comment
    assert f"\n  name: {path.stem}\n" in path.read_text()
