from __future__ import annotations

from tests.conformance.worlds import evaluator, fake, real, runner
from tests.server import temporal_server

__all__ = ["evaluator", "fake", "real", "runner", "temporal_server"]
