"""Where a worker's time goes, by looking at its threads again and again; cheap enough to run beside a measurement."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from types import FrameType

INTERVAL = 0.002
"""Seconds between two looks."""
SWITCH = 0.0001
"""Seconds after which a thread must let the sampler look: with Python's own 5 ms it would mostly see threads that wait for a socket."""
USUAL = sys.getswitchinterval()
SHOWN = 12

PARTS = {
    "interpreter/evaluation/": "evaluation (waiting for jq included)",
    "interpreter/document/": "document",
    "interpreter/temporal/": "shell",
    "interpreter/": "engine",
    "activities/": "activities",
    "benchmarks/": "asyncio",
    "httpx/": "HTTP client",
    "httpcore/": "HTTP client",
    "temporalio/worker/_workflow_instance.py": "Temporal's SDK: workflow instance",
    "temporalio/bridge/": "Temporal's SDK: bridge",
    "temporalio/": "Temporal's SDK: rest",
    "google/protobuf/": "protobuf",
}
"""Where a file belongs, by a part of its path; the first that fits. Time of the standard library is its caller's."""

IDLE = {("select", "selectors.py"), ("_worker", "thread.py"), ("run", "thread.py"), ("wait", "threading.py")}
"""Functions and files in which a thread waits: for sockets, for work, for the next question."""


class Sampler:
    """Samples every thread but its own, between `start` and `stop`."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._parts: Counter[str] = Counter()
        self._places: Counter[str] = Counter()

    def start(self) -> None:
        """Begin anew."""
        sys.setswitchinterval(SWITCH)
        self._ended.clear()
        self._parts.clear()
        self._places.clear()
        self._thread = threading.Thread(target=self._sample, name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> str:
        """The shares of the samples that were not idle, by part and by function."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        sys.setswitchinterval(USUAL)
        total = self._parts.total()
        lines = [f"{count / total:6.1%}  {part}" for part, count in self._parts.most_common()]
        lines += ["", *(f"{count / total:6.1%}  {place}" for place, count in self._places.most_common(SHOWN))]
        return "\n".join(lines)

    def _sample(self) -> None:
        own = threading.get_ident()
        while not self._ended.wait(INTERVAL):
            for thread, frame in sys._current_frames().items():  # noqa: SLF001  the documented way to look at other threads
                if thread != own:
                    self._count(frame)

    def _count(self, innermost: FrameType) -> None:
        if (innermost.f_code.co_name, innermost.f_code.co_filename.rpartition("/")[2]) in IDLE:
            return
        frame: FrameType | None = innermost
        while frame is not None:
            path = frame.f_code.co_filename
            part = next((part for piece, part in PARTS.items() if piece in path), None)
            if part is not None:
                self._parts[part] += 1
                self._places[f"{'/'.join(path.split('/')[-2:])}: {frame.f_code.co_name}"] += 1
                return
            frame = frame.f_back
        self._parts["Python's own"] += 1
