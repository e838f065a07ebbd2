"""Semantic versions, in their order of precedence (https://semver.org/#spec-item-11)."""

from __future__ import annotations

from typing import TypeAlias

Precedence: TypeAlias = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]


def precedence(version: str) -> Precedence:
    """A key by which semantic versions sort; the build part does not count. The text must be one."""
    core, _, before = version.partition("+")[0].partition("-")
    identifiers = tuple(_identifier(part) for part in before.split(".")) if before else ()
    return tuple(int(number) for number in core.split(".")), not before, identifiers


def _identifier(part: str) -> tuple[bool, int, str]:
    """Numbers sort by value and before words."""
    return (False, int(part), "") if part.isdecimal() else (True, 0, part)
