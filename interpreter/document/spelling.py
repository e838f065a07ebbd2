"""Which word was meant."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT = 4


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that a word is a slip of: other letters in case, or one slip in four letters, two in more; None when there is none."""
    allowed = 1 if len(word) <= _SHORT else 2
    ranked = [(0 if word.lower() == choice.lower() else slips(word, choice), choice) for choice in choices]
    near = [(count, choice) for count, choice in ranked if count <= allowed and count < max(len(word), len(choice))]
    return min(near, key=lambda one: one[0])[1] if near else None


def slips(one: str, other: str) -> int:
    """How many letters were added, lost, changed or swapped with their neighbour (optimal string alignment)."""
    if abs(len(one) - len(other)) > 2:  # noqa: PLR2004  # more than is ever allowed
        return max(len(one), len(other))
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
