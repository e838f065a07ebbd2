from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.arguments import Arguments, Stage, WorkflowArguments, instant, iso8601
from interpreter.engine import begin
from interpreter.faults import PREFIX, Fault
from interpreter.scope import Run, Scope
from tests.fakes import START, World
from tests.interpreter.documents import flow

FRAME = {"raw_in": "raw in", "started": START, "in": "in", "raw": "raw", "out": "out"}


def a_run() -> Run:
    definition = flow("[a: {set: {n: 1}}]")
    return Run(definition, begin(5, id="run-1", seed="s", now=START), START, World().host())


def arguments(stage: Stage, **variables: object) -> Arguments:
    run = a_run()
    found = Arguments(Scope(run, "/do/0/a", "/do/0/a", variables=variables, contexts=run.state), "a", dict(FRAME))
    found.stage = stage
    return found


@pytest.mark.parametrize(
    ("stage", "names", "input", "output"),
    [
        (Stage.BEFORE, {"context", "task", "workflow", "runtime"}, None, None),
        (Stage.INSIDE, {"context", "input", "task", "workflow", "runtime"}, "in", None),
        (Stage.OUTPUT, {"context", "input", "output", "task", "workflow", "runtime"}, "in", "raw"),
        (Stage.EXPORT, {"context", "input", "output", "task", "workflow", "runtime"}, "in", "out"),
    ],
)
def test_what_a_tasks_expressions_see_at_each_stage(stage, names, input, output):
    found = arguments(stage)
    assert set(found) == names
    assert len(found) == len(names)
    assert found.get("input") == input
    assert found.get("output") == output


def test_variables_are_seen_beside_them():
    found = arguments(Stage.INSIDE, item=7)
    assert found["item"] == 7
    assert "item" in set(found)
    assert "other" not in found


@pytest.mark.parametrize(
    ("stage", "names"),
    [(Stage.BEFORE, {"workflow", "runtime"}), (Stage.INSIDE, {"workflow", "runtime"}), (Stage.OUTPUT, {"context", "workflow", "runtime"})],
)
def test_what_the_workflows_own_expressions_see(stage, names):
    found = WorkflowArguments(a_run())
    found.stage = stage
    assert set(found) == names
    assert len(found) == len(names)


def test_secrets_are_refused_until_they_were_read():
    found = arguments(Stage.INSIDE)
    with pytest.raises(Fault) as caught:
        found["secrets"]
    assert caught.value.problem.type == PREFIX + "authorization"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (START, "2026-01-01T00:00:00.000Z"),
        (START + 1, "2026-01-01T00:00:00.001Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (32_503_680_000_000, "3000-01-01T00:00:00.000Z"),
    ],
)
def test_instants_in_text(milliseconds, text):
    assert iso8601(milliseconds) == text


@given(st.integers(0, 4_000_000_000_000))
def test_instants_sort_as_their_texts_do(milliseconds: int):
    assert iso8601(milliseconds) < iso8601(milliseconds + 1)
    assert instant(milliseconds)["epoch"] == {"seconds": milliseconds // 1000, "milliseconds": milliseconds}
