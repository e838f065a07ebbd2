"""`worker.py` with every logger at its loudest, as somebody who looks for a fault would have it."""

from __future__ import annotations

import logging
import runpy
import sys

from tests.killed.process import WORKER

logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
logging.getLogger("asyncio").setLevel(logging.DEBUG)
sys.path.insert(0, str(WORKER.parent))
runpy.run_path(str(WORKER), run_name="__main__")
