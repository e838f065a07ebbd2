"""Names that stand in histories and that others send to: chosen once, never changed. Activity types of effects are in `interpreter.effects`."""

from __future__ import annotations

EVENT, SUSPEND, RESUME = "event", "suspend", "resume"
"""Signals."""

STATE, TRACE = "state", "trace"
"""Queries."""

ATTACH = "workflow.attach"
"""Activity type: waits for a workflow by `{id, run}` and gives its result."""

LOGGER = "swtemporal.log"
"""What the function `log` writes to."""
