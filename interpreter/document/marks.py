"""Where the parts of a document stand in its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Position(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Marks:
    """Positions by JSON pointer: of every value, and of the key under which it stands in an object."""

    values: dict[str, Position] = field(default_factory=dict)
    keys: dict[str, Position] = field(default_factory=dict)

    def key(self, pointer: str) -> Position:
        """Where the key stands under which a value is; of a list's entry or the root, where the value starts."""
        while pointer not in self.keys and pointer not in self.values:
            pointer = pointer.rpartition("/")[0]
        return self.keys.get(pointer) or self.values[pointer]

    def value(self, pointer: str) -> Position:
        """Where a value starts; where nothing stands, its nearest ancestor."""
        while pointer not in self.values:
            pointer = pointer.rpartition("/")[0]
        return self.values[pointer]
