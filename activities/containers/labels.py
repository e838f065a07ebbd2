"""How the product's containers are known from others, and what is to become of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interpreter.values import Json

EFFECT = "io.swtemporal.effect"
"""Which run, and which of its effects, a container belongs to: whoever performs that effect goes on with it."""
KEY = "io.swtemporal.key"
"""The idempotency key: the same for every attempt of the document."""
NAMESPACE = "io.swtemporal.namespace"
"""The id of the Temporal namespace, for a container that a run waits for."""
WORKFLOW = "io.swtemporal.workflow"
"""The id of the workflow there."""
CLEANUP = "io.swtemporal.cleanup"
AFTER = "io.swtemporal.cleanup.after"
"""Milliseconds from its end until it is removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The effect that a container belongs to: the activity of a run of a workflow in a namespace (by its id, where that is known)."""

    namespace: str | None
    workflow: str
    run: str
    activity: str

    @property
    def effect(self) -> str:
        """The effect among those of all runs, the same for every attempt."""
        return f"{self.run}/{self.activity}"

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Owner | None:
        """From the labels of a container that a run waits for; None for any other."""
        if not {NAMESPACE, WORKFLOW, EFFECT} <= labels.keys():
            return None
        run, _, activity = labels[EFFECT].partition("/")
        return cls(namespace=labels[NAMESPACE], workflow=labels[WORKFLOW], run=run, activity=activity)


def labels_of(lifetime: Json, owner: Owner, key: str, *, awaited: bool = True) -> dict[str, str]:
    """The labels of a container; of one that is not `awaited` they do not tell whose run it must not outlive."""
    labels = {EFFECT: owner.effect, KEY: key, CLEANUP: lifetime["cleanup"]}
    if awaited and owner.namespace is not None:
        labels |= {NAMESPACE: owner.namespace, WORKFLOW: owner.workflow}
    return {**labels, AFTER: str(lifetime["after"])} if "after" in lifetime else labels


def due(labels: Mapping[str, str], finished: float | None) -> float | None:
    """When a container that ended at `finished` is to be removed (seconds since the epoch); None where it is not, or not yet known."""
    if labels.get(CLEANUP) != "eventually" or finished is None:
        return None
    return finished + int(labels[AFTER]) / 1000
