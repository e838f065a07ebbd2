"""How much evaluation may take on this worker; none of it decides what a run's outcome is."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

_MIB = 1024 * 1024


def _children() -> int:
    return max(8, 4 * (os.cpu_count() or 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Times in seconds. The sum of an activation's evaluations has to stay well below the SDK's deadlock limit of 2 s."""

    deadline: float = 1.0
    """CPU time of one evaluation, the child's own."""
    activation: float = 1.5
    """Wall time of all evaluations of one activation, waiting for a child included; of one evaluation outside of any."""
    slot_wait: float = 1.2
    """Longest wait for a child."""
    compilation: float = 10.0
    """Wall and CPU time of one batch of expressions that is only compiled."""

    children: int = field(default_factory=_children)
    """Most children at once."""
    reserved: int = 2
    """Children kept for programs that have been quick before."""
    warm: int = 2
    """Idle children that are never closed."""
    idle: float = 30.0
    """Time after which a further idle child is closed."""
    memory: int = 1024 * _MIB
    """Address space of a child, in bytes."""

    quick: float = 0.05
    """A program that has finished in less than this is a quick one."""
    penalty: float = 30.0
    """How long an evaluation is refused after a stop that counts, doubled with every further one …"""
    longest_penalty: float = 600.0
    """… up to this."""
