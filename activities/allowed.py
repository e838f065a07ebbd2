"""The effect `function.activity`: asks whether a document may call activities of others, which no code of ours performs."""

from __future__ import annotations

from activities.invocation import Invocation
from interpreter.values import Json


async def allowed(_: Invocation) -> Json:
    """Nothing: the boundary has refused it where the worker's policy does not grant it."""
    return None
