"""A measured row: a figure, what it is held against, and the aim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Aim:
    """What is aimed at: for a row with a counterpart it is about the ratio to it, else about the figure itself, in its unit."""

    way: Literal["at least", "at most"]
    value: float

    def met_by(self, figure: float) -> bool:
        """Whether a figure is as aimed at."""
        return figure >= self.value if self.way == "at least" else figure <= self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the results.

    `figure` is the interpreter's, `beside` what it is compared with (the hand-written workflow's, unless `against` says otherwise).
    """

    case: str
    measure: str
    unit: str
    figure: float
    beside: float | None = None
    ratio: float | None = None
    """Where it was taken pair by pair; else it is computed."""
    against: str = "hand-written"
    aim: Aim | None = None

    @property
    def compared(self) -> float:
        """What the aim is about."""
        if self.ratio is not None:
            return self.ratio
        return self.figure if self.beside is None else self.figure / self.beside

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        return None if self.aim is None else self.aim.met_by(self.compared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one case gave: its rows, a remark on them, and where the time of the interpreter's worker went (`sampling.Sampler.stop`)."""

    rows: tuple[Row, ...]
    remark: str = ""
    profile: str = ""

    @property
    def missed(self) -> bool:
        """Whether any aim is missed."""
        return any(row.met is False for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured: rounds of each side (taken in turns), the share of the usual number of runs in a round."""

    rounds: int
    share: float

    def runs(self, usual: int) -> int:
        """Runs in one round."""
        return max(20, round(usual * self.share))


FULL = Effort(rounds=5, share=1)
QUICK = Effort(rounds=3, share=0.2)
