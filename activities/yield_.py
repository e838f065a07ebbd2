"""Nothing: as a local activity it ends an activation, so that a long computation does not hold its worker."""

from __future__ import annotations

from temporalio import activity

from interpreter.temporal.names import YIELD


@activity.defn(name=YIELD)
async def yield_() -> None:
    """Do nothing."""
