"""What an unknown member was meant to be: a second kind, a slip of the pen, or something at another depth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from interpreter.document.blocks import OneOf
from interpreter.document.foreign import advice
from interpreter.document.model import Document
from interpreter.document.shapes import Shape, classes, members, shape_of
from interpreter.document.spelling import nearest
from interpreter.document.spots import Level
from interpreter.document.wording import name_of, quoted

Reading: TypeAlias = Literal["rival", "slip", "foreign", "deeper", "elsewhere", "outer", "unknown"]


@dataclass(frozen=True, slots=True)
class Meant:
    """How an unknown member is read.

    `word` is what was meant by a slip, `fills` are members that it would have been part of, `rivals` the keys in the text that
    exclude each other.
    """

    reading: Reading
    code: str
    message: str
    word: str | None = None
    fills: tuple[tuple[Level, str], ...] = ()
    rivals: tuple[str, ...] = ()


def meant(key: str, level: Level, around: tuple[Level, ...]) -> Meant:
    """The first reading that fits; `around` are the nodes around the one that has the member, outermost first."""
    return (
        _rival(key, level, around)
        or _slip(key, level)
        or _foreign(key, level)
        or _deeper(key, level)
        or _elsewhere(key, level)
        or _outer(key, level, around)
        or Meant("unknown", "unknown-member", f"'{key}' is not known in {name_of(level.path)}; {_possible(level)}")
    )


def slip_of(key: str, choices: list[str]) -> str | None:
    """The choice that a word is a slip of; a word that the DSL knows is none."""
    return None if key in _vocabulary() else nearest(key, choices)


def rivals(level: Level, around: tuple[Level, ...]) -> list[str]:
    """The keys of which exactly one may stand in a node."""
    union = level.choice
    if union and union.marker(OneOf):
        return OneOf.heads(union.parts)
    if around and around[-1].choice and level.path[:-1] == around[-1].path:
        return deeper_kinds(around[-1].choice, str(level.path[-1]))
    return []


def deeper_kinds(union: Shape, head: str) -> list[str]:
    """The keys that name a kind one level deeper, below `head`."""
    split = [key.partition(".") for key in (part.KEY for part in union.parts if hasattr(part, "KEY"))]
    return [below for first, _, below in split if first == head and below]


def _rival(key: str, level: Level, around: tuple[Level, ...]) -> Meant | None:
    kinds = rivals(level, around)
    if key not in kinds:
        return None
    there = [name for name in level.raw if name in kinds]
    marker = level.choice.marker(OneOf) if level.choice else None
    if marker and marker.deeper:
        message = f"{marker.noun} has exactly one kind, found {quoted(there)}; make {_many(there)} of it"
        return Meant("rival", "two-kinds", message, rivals=tuple(there))
    message = f"exactly one of {quoted(sorted(kinds))} may stand here, found {quoted(there)}"
    return Meant("rival", "one-of", message, rivals=tuple(there))


def _many(there: list[str]) -> str:
    return "two tasks" if len(there) == 2 else "several tasks"  # noqa: PLR2004


def _slip(key: str, level: Level) -> Meant | None:
    free = [name for name in members(level.type) if name not in level.raw]
    word = slip_of(key, free)
    if word is None:
        return None
    message = f"'{key}' is not known in {name_of(level.path)}; did you mean '{word}'?"
    return Meant("slip", "unknown-member", message, word)


def _foreign(key: str, level: Level) -> Meant | None:
    """A word that another language has for it."""
    found = advice(key, level.type)
    if found is None:
        return None
    message = f"'{key}' is not known in {name_of(level.path)}; {found.text}"
    return Meant("foreign", "unknown-member", message, fills=((level, found.instead),) if found.instead else ())


def _deeper(key: str, level: Level) -> Meant | None:
    """A member of a child; the child need not be there."""
    homes = [name for name, member in members(level.type).items() if any(key in members(one) for one in classes(member.shape))]
    there = [name for name in homes if name in level.raw]
    required = [name for name in homes if members(level.type)[name].required]
    homes = required or there or homes
    if not homes:
        return None
    words = " or ".join(f"'{name}'" for name in homes)
    return Meant("deeper", "misplaced", f"'{key}' belongs inside {words}, one level deeper", fills=tuple((level, name) for name in homes))


def _elsewhere(key: str, level: Level) -> Meant | None:
    """A member of another kind of the same union."""
    if level.choice is None:
        return None
    kinds = [str(part.KEY).partition(".")[0] for part in classes(level.choice) if key in members(part) and hasattr(part, "KEY")]
    if not kinds:
        return None
    words = " or ".join(f"'{kind}'" for kind in dict.fromkeys(kinds))
    return Meant("elsewhere", "misplaced", f"'{key}' goes only with {words}")


def _outer(key: str, level: Level, around: tuple[Level, ...]) -> Meant | None:
    for outer in reversed(around):
        if key in members(outer.type):
            beside = level.path[len(outer.path)]
            message = f"'{key}' stands beside '{beside}', further out (mind the indentation)"
            return Meant("outer", "misplaced", message, fills=((outer, key),))
    return None


def _possible(level: Level) -> str:
    free = [name for name in members(level.type) if name not in level.raw]
    return f"possible here: {', '.join(free)}" if free else f"there is only {quoted(list(members(level.type)))}"


@cache
def _vocabulary() -> frozenset[str]:
    """Every name of a member in the DSL."""
    names: set[str] = set()
    seen: set[type[Any]] = set()
    pending = [shape_of(Document)]
    while pending:
        shape = pending.pop()
        pending += shape.inner()
        if shape.kind == "node" and shape.type not in seen:
            seen.add(shape.type)
            names |= set(members(shape.type))
            pending += [member.shape for member in members(shape.type).values()]
    return frozenset(names)
