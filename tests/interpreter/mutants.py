"""Engines broken on purpose, to see that the property test notices."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from unittest.mock import patch

from interpreter.state import State
from interpreter.values import Json
from tests.fakes import World


def forgetting(member: str) -> type[World]:
    """A world in which a captured state loses a member of every frame."""

    class Forgetting(World):
        def carry(self, state: State) -> State:
            carried = super().carry(state)
            _drop(carried["root"], member)
            return carried

    return Forgetting


def _drop(value: Json, member: str) -> None:
    if isinstance(value, dict):
        value.pop(member, None)
        for item in value.values():
            _drop(item, member)


@dataclass(frozen=True)
class Mutant:
    """A module of the engine with one piece of its text replaced; `into` says where what it defines is put in use."""

    name: str
    module: str
    text: str
    instead: str
    into: tuple[str, ...]

    @contextmanager
    def alive(self) -> Iterator[None]:
        """The engine with this mistake in it."""
        broken = self._broken()
        with ExitStack() as stack:
            for target in self.into:
                stack.enter_context(patch(target, _found(broken, target)))
            yield

    def _broken(self) -> ModuleType:
        source = inspect.getsource(importlib.import_module(self.module))
        assert self.text in source, f"{self.module} no longer says {self.text!r}"
        broken = ModuleType(f"{self.module}_{self.name.replace(' ', '_')}")
        # Dataclasses look their module up by its name.
        with patch.dict("sys.modules", {broken.__name__: broken}):
            exec(compile(source.replace(self.text, self.instead), f"<{self.name}>", "exec"), broken.__dict__)
        return broken


def _found(broken: ModuleType, target: str) -> object:
    """What the broken module has in the place of a target: itself for a module, else the function or the method."""
    owner, _, name = target.rpartition(".")
    if isinstance(getattr(importlib.import_module(owner), name, None) if not owner[-1].isupper() else None, ModuleType):
        return broken
    return getattr(broken, name)


FRAME_MEMBERS = (
    *("raw_in", "started", "in", "deadline", "raw", "then", "out", "exported"),
    *("at", "value", "n", "kid"),
    *("wake", "effect", "fetch", "items", "i"),
    *("done", "kids", "ctx"),
    *("since", "until", "error", "policy"),
    *("given", "elsewhere", "around", "which", "wide", "spare", "next"),
    *("got", "open", "keys", "seen", "read", "item", "result", "shaped", "stop"),
)
"""What frames hold. Whatever a frame no longer has after a capture must be noticed (but for `checked`, `why` and `source`: to check twice is a waste, `why` is for people, and where a function stood the run still knows)."""

BESIDE = ("interpreter.tasks.fork.enter", "interpreter.tasks.function_map.enter")

LIFECYCLE = ("interpreter.engine.run_task", "interpreter.engine.run_list")


def _kind(name: str) -> tuple[str, ...]:
    return (f"interpreter.tasks.{name}",)


MUTANTS = (
    Mutant("input from again", "interpreter.lifecycle", 'if "in" not in frame:', "if True:", LIFECYCLE),
    Mutant("task again", "interpreter.lifecycle", 'if "raw" not in frame:', "if True:", LIFECYCLE),
    Mutant("output as again", "interpreter.lifecycle", 'if "out" not in frame:', "if True:", LIFECYCLE),
    Mutant("export again", "interpreter.lifecycle", ' and "exported" not in frame:', ":", LIFECYCLE),
    Mutant("timed out keeps its effects", "interpreter.lifecycle", "scope.run.withdraw(mark)", "pass", LIFECYCLE),
    Mutant(
        "deadline before result",
        "interpreter.lifecycle",
        'scope.run.now >= frame["deadline"]',
        'scope.run.now > frame["deadline"]',
        LIFECYCLE,
    ),
    Mutant("visit not counted", "interpreter.lifecycle", 'frame["n"] += 1', "pass", LIFECYCLE),
    Mutant("wake again", "interpreter.tasks.wait", 'if "wake" not in frame:', "if True:", _kind("wait")),
    Mutant("items again", "interpreter.tasks.for_", 'frame["items"] = _items(task, visit)', 'frame["items"] = []', _kind("for_")),
    Mutant("while again", "interpreter.tasks.for_", 'if "kid" not in frame:', 'if True:\n            frame.pop("_", None)', _kind("for_")),
    Mutant("losers start", "interpreter.tasks.fork", "visit.run.withdraw(mark)", "pass", _kind("fork")),
    Mutant("contexts not folded", "interpreter.tasks.fork", "if context is base or same(context, base):", "if True:", _kind("fork")),
    Mutant("branches of another attempt", "interpreter.tasks.side_by_side", "scope.address + scope.attempts", "scope.address", BESIDE),
    Mutant("quiet for ever", "interpreter.tasks.side_by_side", "quiet is not None and quiet.still(run)", "quiet is not None", BESIDE),
    Mutant("attempt again", "interpreter.tasks.try_", 'if "n" not in frame:', "if True:", _kind("try_")),
    Mutant("attempts not counted", "interpreter.tasks.try_", 'frame["n"] += 1', "pass", _kind("try_")),
    Mutant("attempt keeps its tasks", "interpreter.tasks.try_", 'frame.pop("kid", None)', "pass", _kind("try_")),
    Mutant("listen again", "interpreter.tasks.listen", 'if "got" not in frame:', "if True:", _kind("listen")),
    Mutant("foreach again", "interpreter.tasks.foreach", 'if "result" not in frame:', "if True:", _kind("listen")),
    Mutant("event stays", "interpreter.tasks.listen", "    consume(visit.run.state, entry)\n    frame", "    frame", _kind("listen")),
    Mutant("arguments again", "interpreter.tasks.call_function", 'if "given" not in frame:', "if True:", _kind("call_function")),
    Mutant(
        "map again",
        "interpreter.tasks.function_map",
        'if "items" not in frame:',
        "if True:",
        ("interpreter.tasks.call_function.function_map",),
    ),
    Mutant("when again", "interpreter.extensions", 'if "around" not in frame:', "if True:", ("interpreter.lifecycle.extensions",)),
    Mutant("before again", "interpreter.extensions", '        around["at"] += 1\n', "", ("interpreter.lifecycle.extensions",)),
    Mutant("effect again", "interpreter.visit", "if slot not in self.frame:", "if True:", ("interpreter.lifecycle.Visit",)),
    Mutant("answer stays wanted", "interpreter.visit", "        del frame[slot]\n", "", ("interpreter.lifecycle.Visit",)),
)

HURRIED = Mutant("alarms skipped", "interpreter.engine", 'min(int(state["alarm"]), now)', "now", ("tests.fakes.advance",))
"""Only an outage shows it: without one, every alarm has a pass of its own."""
