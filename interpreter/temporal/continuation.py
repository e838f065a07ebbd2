"""When a run continues as new, so that its history never grows without end.

Due, from the server's hint on: at the first pass where nothing runs that must be waited for. Overdue, long before the
server would end the run: nothing new is started until what runs has finished. The latter can be observed: what starts
later can lose a race it would have won.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio import workflow

from interpreter.values import Json

OVERDUE_EVENTS = 20_000
OVERDUE_BYTES = 20_000_000

DUE_OPTION = "continueAfterEvents"
OVERDUE_OPTION = "drainAfterEvents"
"""Options of the envelope, for tests: thresholds in events in place of the server's hint and of 20,000."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The events after which this run is due and overdue; `due` None goes by the server's hint alone."""

    due: int | None
    overdue: int

    @classmethod
    def of(cls, options: Mapping[str, Json]) -> Thresholds:
        """The thresholds an envelope's options ask for."""
        return cls(due=options.get(DUE_OPTION), overdue=options.get(OVERDUE_OPTION, OVERDUE_EVENTS))

    def is_due(self, info: workflow.Info) -> bool:
        """Whether the run should continue as new when it can."""
        if self.due is not None and info.get_current_history_length() >= self.due:
            return True
        return info.is_continue_as_new_suggested() or self.is_overdue(info)

    def is_overdue(self, info: workflow.Info) -> bool:
        """Whether the run must start nothing new."""
        return info.get_current_history_length() >= self.overdue or info.get_current_history_size() >= OVERDUE_BYTES
