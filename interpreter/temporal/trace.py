"""What happened in a run lately: the notices of its passes in a ring that is bounded in number and bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from interpreter.effects import Notice
from interpreter.values import Json, encode

NOTICES = 2_000
BYTES = 1_000_000
VALUE_BYTES = 16_000
"""Of a longer value a trace shows only the beginning."""

SHOWN = 400


class _Kept(NamedTuple):
    notice: Notice
    weight: int


class Trace:
    """The latest notices, numbered from 1 in this run of the chain; the notices themselves are kept, as long as nobody asks."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._held = 0
        self._last = 0

    def add(self, notices: Iterable[Notice]) -> None:
        """Append notices; the oldest go when there is no room. Those that would go at once are not even looked at: a pass may tell 40,000."""
        fresh: list[_Kept] = []
        held = 0
        told, texts = list(notices), _Texts()
        for notice in reversed(told):
            kept = _cut(notice, texts)
            if len(fresh) == NOTICES or held + kept.weight > BYTES:
                self._kept, self._held = [], 0
                break
            fresh.append(kept)
            held += kept.weight
        self._last += len(told)
        self._kept.extend(reversed(fresh))
        self._held += held
        self._let_go()

    def as_json(self, after: int = 0) -> Json:
        """`{first, last, notices}`: those numbered above `after`; `first` is the oldest number still here.

        A notice: `{n, kind, reference, name, task, at, index?, …}` with the members of its kind (`interpreter.effects.Notice`).
        """
        first = self._last - len(self._kept) + 1
        wanted = self._kept[max(0, after + 1 - first) :]
        numbers = range(self._last - len(wanted) + 1, self._last + 1)
        notices = [_entry(number, kept.notice) for number, kept in zip(numbers, wanted, strict=True)]
        return {"first": first, "last": self._last, "notices": notices}

    def _let_go(self) -> None:
        gone = max(0, len(self._kept) - NOTICES)
        self._held -= sum(kept.weight for kept in self._kept[:gone])
        while self._held > BYTES:
            self._held -= self._kept[gone].weight
            gone += 1
        del self._kept[:gone]


class _Texts:
    """The JSON texts of values; one that was told before (the output of one task is the input of the next) is not written again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Json, str]] = {}

    def of(self, value: Json) -> str:
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = (value, encode(value))
        return known[1]


def _cut(notice: Notice, texts: _Texts) -> _Kept:
    """A notice with its long values cut, and what it weighs."""
    weight = 200
    cuts: dict[str, Json] = {}
    for name, value in notice.data.items():
        text = texts.of(value)
        weight += min(len(text), VALUE_BYTES)
        if len(text) > VALUE_BYTES:
            cuts[name] = {"cut": text[:SHOWN], "characters": len(text)}
    return _Kept(replace(notice, data=notice.data | cuts) if cuts else notice, weight)


def _entry(number: int, notice: Notice) -> Json:
    entry: dict[str, Json] = {
        "n": number,
        "kind": notice.kind,
        "reference": notice.reference,
        "name": notice.name,
        "task": notice.kind_of_task,
        "at": notice.at,
    }
    if notice.index:
        entry["index"] = list(notice.index)
    return entry | notice.data
