"""Keys and draws that are the same on every replay, attempt and reset: hashes of the run's chain and an address in it."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID


def key_of(seed: str, address: str) -> str:
    """The idempotency key of one visit of a place, as a UUID: the same for every attempt of a call, Temporal's and the document's.

    What is done with an event that a later attempt of a `try` heard is no repetition, and has a key of its own (`Scope.effect`).
    """
    return str(UUID(bytes=_digest(seed, address)[:16], version=5))


def fraction(seed: str, address: str) -> float:
    """A number in [0, 1) drawn for an address, evenly spread over addresses."""
    return int.from_bytes(_digest(seed, address)[:6], "big") / (1 << 48)


def _digest(seed: str, address: str) -> bytes:
    return sha256(f"{seed}\n{address}".encode()).digest()
