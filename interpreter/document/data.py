"""What is known of the data at a place of a document before it runs: which members they can have at most; for jq alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from interpreter import expressions
from interpreter.languages import JQ
from interpreter.values import Json

_DEPTH = 8
"""Members of members, at most; what is deeper may be anything."""


@dataclass(frozen=True, slots=True)
class Known:
    """An object that has no members but these, or a list (`members` is None); `by` names in words what put it out."""

    by: str
    members: Mapping[str, Data] | None


Data: TypeAlias = Known | None
"""None: it may be anything."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A step of a path that leads nowhere: its name, the steps before it, and what is known of the data there."""

    name: str
    above: tuple[str, ...]
    there: Known


def lost(data: Data, path: tuple[str, ...]) -> Lost | None:
    """The first step of a path that cannot be gone; None where all may be."""
    for at, name in enumerate(path):
        if data is None:
            return None
        if data.members is None or name not in data.members:
            return Lost(name, path[:at], data)
        data = data.members[name]
    return None


def below(data: Data, path: tuple[str, ...]) -> Data:
    """What is known at a path; nothing where it leads nowhere."""
    for name in path:
        if data is None or data.members is None:
            return None
        data = data.members.get(name)
    return data


def either(ways: Iterable[Data]) -> Data:
    """What is known where the data came by one of several ways: all that any of them can have; nothing where there is no way."""
    known: list[Known] = []
    for way in ways:
        if way is None:
            return None
        if way not in known:
            known.append(way)
    if len(known) <= 1:
        return known[0] if known else None
    by = " or ".join(dict.fromkeys(one.by for one in known))
    objects = [one.members for one in known if one.members is not None]
    if len(objects) < len(known):
        return None if objects else Known(by, None)
    names = dict.fromkeys(name for members in objects for name in members)
    return Known(by, {name: either(members[name] for members in objects if name in members) for name in names})


def shaped(template: str | dict[str, Any] | None, dot: Data, by: str) -> Data:
    """What `input.from`, `output.as` or `set` makes of data."""
    if template is None:
        return dot
    if isinstance(template, dict):
        return written(template, dot, by)
    try:
        return _computed(JQ.source(template), dot, by)
    except ValueError:
        return None  # another rule's business


def written(value: Json, dot: Data, by: str, depth: int = 0) -> Data:
    """What free data becomes whose `${ }` see `dot`."""
    if depth > _DEPTH:
        return None
    if isinstance(value, dict):
        return Known(by, {name: written(item, dot, by, depth + 1) for name, item in value.items()})
    if isinstance(value, list):
        return Known(by, None)
    try:
        source = JQ.whole(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if source is None else _computed(source, dot, by, depth)


def _computed(source: str, dot: Data, by: str, depth: int = 0) -> Data:
    path = expressions.path(source)
    if path is not None:
        return below(dot, path)
    members = expressions.constructed(source) if depth <= _DEPTH else None
    return None if members is None else Known(by, {name: _computed(item, dot, by, depth + 1) for name, item in members.items()})
