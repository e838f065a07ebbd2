"""The worker's secrets, read from its environment and from nowhere else.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl.md#secret
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from activities.redact import Redaction
from interpreter.faults import fault
from interpreter.values import Json

PREFIX = "SWTEMPORAL_SECRET_"


class Secrets(Mapping[str, Json]):
    """The secrets one task may read: those its document declares in `use.secrets`, as far as the environment has them.

    Reading another one is a fault (`authorization`, 403) that names it. Every value read is hidden by `redaction`.
    """

    def __init__(self, declared: Sequence[str], environment: Mapping[str, str], redaction: Redaction) -> None:
        self._declared = declared
        self._environment = environment
        self._redaction = redaction

    def __getitem__(self, name: str) -> Json:
        if name not in self._declared:
            raise fault("authorization", f"the secret {name!r} is not declared; name it in use.secrets")
        text = self._environment.get(variable(name))
        if text is None:
            raise fault("authorization", f"the worker has no secret {name!r}; set {variable(name)} in its environment")
        value = _structured(text)
        self._redaction.hide(text)
        self._redaction.hide(value)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


def variable(name: str) -> str:
    """The environment variable that holds a secret: `api-key` is in `SWTEMPORAL_SECRET_API_KEY`."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def _structured(text: str) -> Json:
    """The object where a text is a JSON object, else the text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text
