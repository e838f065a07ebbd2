"""How the product's containers are known from others, and what is to become of them."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.values import Json

EFFECT = "io.swtemporal.effect"
"""Which run, and which of its effects, a container belongs to: whoever performs that effect goes on with it."""
KEY = "io.swtemporal.key"
"""The idempotency key: the same for every attempt of the document."""
CLEANUP = "io.swtemporal.cleanup"
AFTER = "io.swtemporal.cleanup.after"
"""Milliseconds from its end until it is removed."""


def labels_of(lifetime: Json, effect: str, key: str) -> dict[str, str]:
    """The labels of a container."""
    labels = {EFFECT: effect, KEY: key, CLEANUP: lifetime["cleanup"]}
    return {**labels, AFTER: str(lifetime["after"])} if "after" in lifetime else labels


def due(labels: Mapping[str, str], finished: float | None) -> float | None:
    """When a container that ended at `finished` is to be removed (seconds since the epoch); None where it is not, or not yet known."""
    if labels.get(CLEANUP) != "eventually" or finished is None:
        return None
    return finished + int(labels[AFTER]) / 1000
