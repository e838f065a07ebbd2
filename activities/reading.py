"""JSON texts that come from outside."""

from __future__ import annotations

import json
import math

from interpreter.defaults import Limits
from interpreter.values import Json, depth_exceeds

_DEPTH = Limits().depth
_SHOWN = 500


def parsed(text: str | bytes) -> Json:
    """The value of a JSON text; `ValueError`, worded for people, for what is none, not finite or nested too deeply."""
    try:
        value = json.loads(text, parse_constant=_refused, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(str(error)[:_SHOWN]) from None
    if depth_exceeds(value, _DEPTH):
        raise ValueError(f"it is nested deeper than {_DEPTH} levels")
    return value


def _refused(name: str) -> Json:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large for a number")
    return value
