"""A worker's settings in tests: it trusts every document, unless the test is about that."""

from __future__ import annotations

from functools import partial

from activities import settings
from activities.policy import Policy, everything

TRUSTING = Policy((everything(),))

Settings = partial(settings.Settings, policy=TRUSTING)
