"""What happened in a run lately: the notices of its passes in a ring that is bounded in number and bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from interpreter.effects import Notice
from interpreter.values import Json, encode

NOTICES = 2_000
BYTES = 1_000_000
VALUE_BYTES = 16_000
"""Of a longer value a trace shows only the beginning."""

SHOWN = 400


class Trace:
    """The latest notices, numbered from 1 in this run of the chain."""

    def __init__(self) -> None:
        self._entries: deque[tuple[Json, int]] = deque()
        self._held = 0
        self._last = 0

    def add(self, notices: Iterable[Notice]) -> None:
        """Append notices; the oldest go when there is no room. Those that would go at once are not even looked at: a pass may tell 40,000."""
        fresh: list[tuple[Json, int]] = []
        held = 0
        told, texts = list(notices), _Texts()
        for number, notice in zip(range(self._last + len(told), self._last, -1), reversed(told), strict=True):
            entry, weight = _entry(number, notice, texts)
            if len(fresh) == NOTICES or held + weight > BYTES:
                self._entries.clear()
                self._held = 0
                break
            fresh.append((entry, weight))
            held += weight
        self._last += len(told)
        self._entries.extend(reversed(fresh))
        self._held += held
        while len(self._entries) > NOTICES or self._held > BYTES:
            self._held -= self._entries.popleft()[1]

    def as_json(self, after: int = 0) -> Json:
        """`{first, last, notices}`: those numbered above `after`; `first` is the oldest number still here.

        A notice: `{n, kind, reference, name, task, at, index?, …}` with the members of its kind (`interpreter.effects.Notice`).
        """
        first = self._last - len(self._entries) + 1
        return {"first": first, "last": self._last, "notices": [entry for entry, _ in self._entries if entry["n"] > after]}


class _Texts:
    """The JSON texts of values; one that was told before (the output of one task is the input of the next) is not written again."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Json, str]] = {}

    def of(self, value: Json) -> str:
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = (value, encode(value))
        return known[1]


def _entry(number: int, notice: Notice, texts: _Texts) -> tuple[Json, int]:
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
    weight = 200
    for name, value in notice.data.items():
        text = texts.of(value)
        weight += min(len(text), VALUE_BYTES)
        entry[name] = value if len(text) <= VALUE_BYTES else {"cut": text[:SHOWN], "characters": len(text)}
    return entry, weight
