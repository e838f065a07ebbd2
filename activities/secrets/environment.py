"""Secrets in the worker's environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

from activities.secrets.secrets import structured
from interpreter.values import Json

PREFIX = "SWTEMPORAL_SECRET_"


def variable(name: str) -> str:
    """The environment variable that holds a secret: `api-key` is in `SWTEMPORAL_SECRET_API_KEY`."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


class Environment:
    """One variable for each secret, a text or a JSON object; see `variable`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    async def find(self, name: str) -> Json:
        """The variable's value, None where it is not set."""
        text = self._environment.get(variable(name))
        return None if text is None else structured(text)

    def cure(self, name: str) -> str:
        """Which variable to set."""
        return f"set {variable(name)} in its environment"
