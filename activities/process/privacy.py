"""Keeps a worker's environment, and with it its secrets, from the processes it runs."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_SET_DUMPABLE = 4  # prctl(2)


@cache
def hide_environment() -> None:
    """Let no process of the same user look into this one (`/proc/PID/environ`, `/proc/PID/mem`, ptrace), once and for all.

    Only Linux has the switch. On macOS no process reads another's environment unless it is allowed to debug it. Root reads everything:
    a worker that runs what documents bring should not be root's.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
