"""The conformance kit of the DSL: its feature files as they are, and what its sentences mean.

The files are read from the folder the specification is kept in beside this repository; nothing of them is copied here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gherkin.parser import Parser

from interpreter.values import Json, encode
from tests.conformance.world import Ran, Runner, Script
from tests.conformance.yaml12 import read
from tests.counterparts import Counterpart

ORIGINS = ("https://petstore.swagger.io", "https://httpbin.org")
"""The hosts that the kit calls; a counterpart stands in for them."""
FOLDER = Path(__file__).parents[3] / "shared" / "spec" / "ctk"


@dataclass(frozen=True)
class Step:
    """A sentence without its keyword, and the text block below it, if any."""

    sentence: str
    block: str | None


@dataclass(frozen=True)
class Scenario:
    """One scenario of one feature file."""

    file: str
    name: str
    steps: tuple[Step, ...]


def scenarios() -> Iterator[Scenario]:
    """Every scenario of the kit, none where the folder is missing."""
    for path in sorted(FOLDER.glob("*.feature")):
        feature = Parser().parse(path.read_text())["feature"]
        assert feature is not None, path
        for child in feature["children"]:
            scenario: Json = child.get("scenario")
            steps = (Step(step["text"], step["docString"]["content"] if "docString" in step else None) for step in scenario["steps"])
            yield Scenario(path.stem, scenario["name"], tuple(steps))


@dataclass
class Course:
    """A scenario on its way: what was given, and what came of it."""

    runner: Runner
    definition: str = ""
    input: dict[str, Json] = field(default_factory=dict)
    ran: Ran | None = None

    @property
    def result(self) -> Ran:
        """What came of the run; the scenario must have run its workflow before."""
        assert self.ran is not None, "no workflow was executed"
        return self.ran


def play(scenario: Scenario, runner: Runner) -> None:
    """Go through the steps of a scenario; a sentence that nobody knows is a failure."""
    course = Course(runner)
    for step in scenario.steps:
        for pattern, act in _MEANINGS:
            if match := re.fullmatch(pattern, step.sentence):
                act(course, *match.groups(), **({} if step.block is None else {"block": step.block}))
                break
        else:
            raise AssertionError(f"the kit says '{step.sentence}', and nobody knows what that means")


Meaning = Callable[..., None]
_MEANINGS: list[tuple[str, Meaning]] = []


def means(pattern: str) -> Callable[[Meaning], Meaning]:
    """Tie a function to a sentence of the kit's vocabulary."""

    def tie(act: Meaning) -> Meaning:
        _MEANINGS.append((pattern, act))
        return act

    return tie


@means("a workflow with definition:")
def _(course: Course, block: str) -> None:
    course.definition = block


@means("given the workflow input is:")
def _(course: Course, block: str) -> None:
    course.input = {"input": read(block)}


@means("the workflow is executed")
def _(course: Course) -> None:
    course.ran = course.runner.run(course.definition, script=Script(serve=_counterpart), **course.input)


@means("the workflow should complete")
def _(course: Course) -> None:
    assert course.result.outcome == "completed", course.result


@means("the workflow should complete with output:")
def _(course: Course, block: str) -> None:
    assert (course.result.outcome, course.result.output) == ("completed", read(block))


@means("the workflow should fault")
def _(course: Course) -> None:
    assert course.result.outcome == "faulted", course.result


@means("the workflow should fault with error:")
def _(course: Course, block: str) -> None:
    assert course.result.outcome == "faulted", course.result
    assert course.result.error.items() >= read(block).items()


@means("the workflow should cancel")
def _(course: Course) -> None:
    assert course.result.outcome == "cancelled", course.result


@means("the workflow output should have properties (.+)")
def _(course: Course, listed: str) -> None:
    for path in re.findall(r"'([^']*)'", listed):
        at(course.result.output, path)


@means("the workflow output should have a '([^']*)' property with value:")
def _(course: Course, path: str, block: str) -> None:
    assert at(course.result.output, path) == read(block)


@means(r"the workflow output should have a '([^']*)' property containing (\d+) items?")
def _(course: Course, path: str, count: str) -> None:
    assert len(at(course.result.output, path)) == int(count)


@means("(.+) should run first")
def _(course: Course, task: str) -> None:
    assert course.result.started[0] == task


@means("(.+) should run last")
def _(course: Course, task: str) -> None:
    assert course.result.started[-1] == task


@means("(.+) should run after (.+)")
def _(course: Course, later: str, earlier: str) -> None:
    assert course.result.started.index(later) > course.result.started.index(earlier)


@means("(.+) should run before (.+)")
def _(course: Course, earlier: str, later: str) -> None:
    assert course.result.started.index(earlier) < course.result.started.index(later)


@means("(.+) should cancel")
def _(course: Course, task: str) -> None:
    assert task in course.result.cancelled


@means("(.+) should complete")
def _(course: Course, task: str) -> None:
    assert task in course.result.completed


@means("(.+) should complete with output:")
def _(course: Course, task: str, block: str) -> None:
    assert course.result.completed[task] == read(block)


@means("(.+) should fault")
def _(course: Course, task: str) -> None:
    assert task in course.result.faulted


@means("(.+) should fault with error:")
def _(course: Course, task: str, block: str) -> None:
    assert course.result.faulted[task].items() >= read(block).items()


@contextmanager
def _counterpart() -> Iterator[Mapping[str, str]]:
    with Counterpart() as running:
        yield dict.fromkeys(ORIGINS, running.origin)


def at(value: Json, path: str) -> Json:
    """The value at a dotted path; a failure that says where it ends."""
    for name in path.split("."):
        assert isinstance(value, dict), f"'{name}' of '{path}' is asked of {encode(value)}"
        assert name in value, f"'{name}' of '{path}' is not among {sorted(value)}"
        value = value[name]
    return value
