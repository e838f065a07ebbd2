"""The worker's secrets: where they are, and which of them a task may read.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#secret
"""

from __future__ import annotations

from activities.secrets.environment import variable
from activities.secrets.secrets import Provider, Secrets

__all__ = ["Provider", "Secrets", "variable"]
