"""What the processes of documents may take of a worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Decided by the worker, not by the document."""

    seconds: float = 3_600
    """How long it may run where the document's `timeout` says nothing."""
    memory: int = 4_000_000_000
    """Bytes of address space of each single process (RLIMIT_AS; macOS does not enforce it)."""
    file: int = 1_000_000_000
    """Bytes of the largest file it may write."""
    grace: float = 2
    """Seconds between the request to end and the end."""
    at_once: int = 100
    """Programs that a worker runs and waits for at a time; more of them wait. A call to a peer costs a socket, a program may cost all the memory it is let have."""
