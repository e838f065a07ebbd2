"""What the outside world is in tests, samples and demonstrations: one small HTTP server on a free local port.

It plays the pet store and httpbin that public examples talk to, peers that behave badly in known ways, and an event sink.
"""

from __future__ import annotations

from tests.counterparts.messages import Received, Reply
from tests.counterparts.server import Counterpart

__all__ = ["Counterpart", "Received", "Reply"]
