"""What a worker decides for its activities; nothing here changes what a document means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from activities.cache.places import MEMORY
from activities.cache.places import Place as Cache
from activities.policy import Policy
from activities.process.limits import Limits
from activities.secrets.places import ENVIRONMENT, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Given once, when the activities are assembled."""

    policy: Policy
    """What documents may have this worker do."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Where secrets are looked up that are in the environment; a worker gives its own."""
    secrets: Sequence[Place] = (ENVIRONMENT,)
    """Where secrets are looked up, in this order (`activities.secrets.places`)."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Origins that stand in for others (`activities.http.origins`)."""
    event_sink: str | None = None
    """Where emitted events are sent, by HTTP; without it `emit` completes at once."""
    process: Limits = field(default_factory=Limits)
    """What one script or shell command may take."""
    cache: Cache = MEMORY
    """Where results are kept that documents want kept (`activities.cache.places`)."""
