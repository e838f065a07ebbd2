"""Reads YAML 1.2 and JSON into a JSON value, and remembers where everything stood.

The parser's events are taken one by one, so neither depth nor aliases cost more than the limits allow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from interpreter.document.marks import Marks, Position
from interpreter.document.syntax import Unreadable, position_at, unreadable
from interpreter.document.yaml_core import plain, tagged
from interpreter.values import Json, join

DEPTH = 400
"""Collections in each other, at most."""
ALIASED = 100_000
"""Values that aliases may stand for, all together."""

_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CORE = ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that is written twice in one object; the later one counts."""

    pointer: str
    key: str
    first: Position
    again: Position


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says, where each part stands, and which keys stand twice."""

    raw: Json
    marks: Marks
    duplicates: list[Duplicate]


def read(text: str | bytes) -> Written:
    """The one document in a YAML or JSON text; `Unreadable` where there is none."""
    decoded = _decoded(text)
    builder = _Builder()
    try:
        for event in yaml.parse(decoded, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        code = error.character if isinstance(error.character, int) else ord(error.character)
        raise Unreadable(f"the character U+{code:04X} cannot stand in a text", position_at(decoded, error.position)) from None
    except yaml.MarkedYAMLError as error:
        raise unreadable(error, decoded) from None
    return builder.written()


def _decoded(text: str | bytes) -> str:
    text = (_utf8(text) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    if surrogate := _SURROGATE.search(text):
        raise Unreadable("half a character stands here; the text is not UTF-8", position_at(text, surrogate.start()))
    return _PAIR.sub(_joined, text) if text.lstrip()[:1] in {"{", "["} else text


def _utf8(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode()
        raise Unreadable("the text is not UTF-8", position_at(before, len(before))) from None


def _joined(pair: re.Match[str]) -> str:
    """JSON writes characters beyond 16 bits as two escapes; YAML does not know that."""
    high, low = int(pair[2], 16), int(pair[3], 16)
    return pair[1] + chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


@dataclass(slots=True)
class _Open:
    """A collection that is being read, or the root's frame; `count` and `height` measure it for aliases."""

    value: Any
    pointer: str
    anchor: str | None = None
    key: str | None = None
    merges: bool = False
    merged: dict[str, Json] = field(default_factory=dict)
    count: int = 1
    height: int = 0


class _Builder:
    """Takes the parser's events and builds the value."""

    def __init__(self) -> None:
        self._marks = Marks()
        self._duplicates: list[Duplicate] = []
        self._open: list[_Open] = [_Open([], "")]
        self._anchors: dict[str, tuple[Json, int, int]] = {}
        self._aliased = 0

    def written(self) -> Written:
        if not self._open[0].value:
            raise Unreadable("the text is empty", Position(1, 1))
        return Written(self._open[0].value[0], self._marks, self._duplicates)

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent() if self._open[0].value:
                raise Unreadable("one file holds one document", _start(event))
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.MappingStartEvent():
                self._begin(event, {})
            case yaml.SequenceStartEvent():
                self._begin(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        parent, position = self._open[-1], _start(event)
        if isinstance(parent.value, dict) and parent.key is None:
            parent.merges = event.value == "<<" and event.implicit[0]
            self._key(parent, event.value, position)
            return
        try:
            value = _meaning(event)
        except ValueError as error:
            raise Unreadable(str(error), position) from None
        if event.anchor:
            self._anchors[event.anchor] = (value, 1, 0)
        self._place(parent, value, position)

    def _key(self, parent: _Open, key: str, position: Position) -> None:
        parent.key = key
        if parent.merges:
            return
        pointer = join(parent.pointer, key)
        if key in parent.value:
            self._duplicates.append(Duplicate(pointer, key, self._marks.keys[pointer], position))
            del parent.value[key]  # the later one counts, at its own place
        self._marks.keys[pointer] = position

    def _alias(self, event: yaml.AliasEvent) -> None:
        parent, position = self._open[-1], _start(event)
        if event.anchor not in self._anchors:
            raise Unreadable(
                f"there is no '&{event.anchor}' above for '*{event.anchor}'; a text that starts with '*' needs quotes", position
            )
        value, count, height = self._anchors[event.anchor]
        if isinstance(parent.value, dict) and parent.key is None:
            raise Unreadable("a key cannot be an alias", position)
        self._aliased += count
        if self._aliased > ALIASED:
            raise Unreadable(f"aliases stand for more than {ALIASED} values", position)
        if len(self._open) - 1 + height > DEPTH:
            raise Unreadable(f"the document is nested deeper than {DEPTH}", position)
        parent.count += count - 1
        parent.height = max(parent.height, height)
        self._place(parent, value, position)

    def _begin(self, event: yaml.CollectionStartEvent, value: Json) -> None:
        parent, position = self._open[-1], _start(event)
        if len(self._open) > DEPTH:
            raise Unreadable(f"the document is nested deeper than {DEPTH}", position)
        if event.tag is not None and event.tag not in _CORE:
            raise Unreadable(f"the tag '{event.tag}' is not known; remove it", position)
        if isinstance(parent.value, dict) and parent.key is None:
            raise Unreadable("a key must be a text", position)
        self._open.append(_Open(value, self._pointer(parent), event.anchor))
        self._marks.values[self._open[-1].pointer] = position

    def _end(self) -> None:
        done = self._open.pop()
        if done.merged:
            done.value = {**done.merged, **done.value}
        height = done.height + 1
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.count, height)
        parent = self._open[-1]
        parent.count += done.count - 1
        parent.height = max(parent.height, height)
        self._place(parent, done.value, self._marks.values[done.pointer])

    def _pointer(self, parent: _Open) -> str:
        """Where the next value of a collection will stand."""
        if len(self._open) == 1:
            return ""
        return join(parent.pointer, len(parent.value) if parent.key is None else parent.key)

    def _place(self, parent: _Open, value: Json, position: Position) -> None:
        parent.count += 1
        if parent.merges:
            self._merge(parent, value, position)
        else:
            self._marks.values[self._pointer(parent)] = position
            if parent.key is None:
                parent.value.append(value)
            else:
                parent.value[parent.key] = value
        parent.key = None

    def _merge(self, parent: _Open, value: Json, position: Position) -> None:
        """`<<: *defaults`, or a list of such: members that the object itself does not have; the first of a list wins."""
        parent.merges = False
        for source in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(source, dict):
                raise Unreadable("'<<' takes an object, or a list of objects", position)
            parent.merged.update(source)


def _start(event: yaml.Event) -> Position:
    mark: Any = event.start_mark  # the parser sets one for every event
    return Position(mark.line + 1, mark.column + 1)


def _meaning(event: yaml.ScalarEvent) -> Json:
    if event.tag is not None:
        return tagged(event.value, event.tag)
    return plain(event.value) if event.implicit[0] else event.value
