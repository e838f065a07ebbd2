"""The rules of the language that this product is held to, from `rules.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.yaml12 import read

FILE = Path(__file__).parent / "rules.yaml"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, in our words; `later` is what it waits for, `elsewhere` where else it is checked."""

    number: int
    group: str
    says: str
    later: str | None = None
    elsewhere: str | None = None

    @property
    def excuse(self) -> str | None:
        """Why there need not be a case of it."""
        return self.later or self.elsewhere


def rules() -> Iterator[Rule]:
    """All of them, in their order."""
    for group, members in read(FILE.read_text()).items():
        for number, told in members.items():
            yield Rule(number=number, group=group, **told)
