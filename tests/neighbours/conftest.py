from __future__ import annotations

from tests.server import temporal_server  # noqa: F401  a fixture
from tests.temporal.conftest import anyio_backend, histories, house  # noqa: F401  fixtures
