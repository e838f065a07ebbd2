"""Every sample does what it says, in both worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from interpreter.values import Json
from samples.service import PORT, serving
from tests.conformance.case import Case, case_of, judge
from tests.conformance.world import Runner
from tests.conformance.worlds import WORLDS
from tests.conformance.yaml12 import read_all

SAMPLES = Path(__file__).parents[2] / "samples"


@contextmanager
def _service() -> Iterator[Mapping[str, str]]:
    with serving() as origin:
        yield {f"http://localhost:{PORT}": origin}


def _text(name: str) -> str:
    return (SAMPLES / f"{name}.yaml").read_text()


def _case(raw: Json) -> Case:
    name = f"{raw['sample']}: {raw['why']}" if "why" in raw else raw["sample"]
    return case_of(
        name, raw, _text(raw["sample"]), [_text(child) for child in raw.get("with", ())], _service if raw.get("service") else None
    )


DESCRIBED = list(read_all(Path(__file__).parent / "cases.yaml"))
PLACES = [
    pytest.param(case, *world.values, id=f"{world.id}-{case.name}", marks=world.marks)
    for case in map(_case, DESCRIBED)
    for world in (WORLDS[:1] if case.needs_virtual_time else WORLDS)
]


@pytest.mark.parametrize(("case", "world"), PLACES)
def test_a_sample_does_what_it_says(case: Case, runner: Runner) -> None:
    judge(case, runner.run(case.text, children=case.children, script=case.script, **case.input))


def test_every_sample_is_tested() -> None:
    assert {path.stem for path in SAMPLES.glob("*.yaml")} == {raw["sample"] for raw in DESCRIBED}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_sample_says_what_it_shows_and_how_to_run_it(path: Path) -> None:
    comment, _, _ = path.read_text().partition("document:")
    assert f"samples/{path.name}" in comment or "make demo" in comment
    assert f"\n  name: {path.stem}\n" in path.read_text()
