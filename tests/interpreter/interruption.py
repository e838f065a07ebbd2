"""The property that a run may be interrupted anywhere: captured, sent as JSON, and gone on with by a new engine.

What must be the same is everything that can be seen from outside: outcome, context, effects (reference, arguments, instant,
key), cancellations, notices, events left, and when it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from interpreter.defaults import Limits
from interpreter.document.definition import Definition
from interpreter.values import Json
from tests.fakes import Ran, Stuck, World

NEVER: Callable[[int], bool] = lambda _: False  # noqa: E731
LONGEST = 24 * 60 * 60 * 1000
"""Milliseconds after which a run that goes on is left."""

MOST_STEPS = 500


class Endless(Exception):
    """A run that makes passes without end."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A document and the world it runs in; `world` is made anew for every run, as scripts are used up."""

    name: str
    definition: Definition
    input: Json = field(default_factory=dict)
    answers: Callable[[], Mapping[str, Any]] = dict
    events: tuple[tuple[int, Json], ...] = ()
    children: Mapping[str, Definition] = field(default_factory=dict)
    steps: int = Limits().steps
    """The step budget of a pass."""

    def ran(self, interrupt: Callable[[int], bool] = NEVER, world: Callable[..., World] = World) -> Ran | str:
        """How a run ends; `stuck: …` when nothing can happen any more, `endless` when it makes passes without end."""

        def counted(step: int) -> bool:
            if step > MOST_STEPS:
                raise Endless
            return interrupt(step)

        made = world(self.answers(), self.events, self.children, limits=Limits(steps=self.steps))
        try:
            return made.run(self.definition, self.input, interrupt=counted, until=LONGEST)
        except Stuck as stuck:
            return f"stuck: {stuck}"
        except Endless:
            return "endless"


def hold(scene: Scene, *, pairs: bool = False, most: int = 40, world: type[World] = World) -> int:
    """Interrupt a scene after every step, and at all steps at once, with `pairs` also at any two; gives the number of passes.

    `most` is how many of the first steps are tried for a single interruption.
    """
    passes = 0

    def counting(step: int) -> bool:
        nonlocal passes
        passes = step
        return False

    # As text, so that the order of members and the types of numbers count.
    whole = repr(scene.ran(counting, world))
    assert repr(scene.ran(lambda _: True, world)) == whole, f"{scene.name}: interrupted after every step"
    for k in range(1, min(passes, most) + 1):
        assert repr(scene.ran({k}.__contains__, world)) == whole, f"{scene.name}: interrupted after step {k}"
        for j in range(1, k) if pairs else ():
            assert repr(scene.ran({j, k}.__contains__, world)) == whole, f"{scene.name}: interrupted after steps {j} and {k}"
    return passes
