"""What a process writes: kept as far as the task gives it back, of everything else only the end."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from activities.redact import Redaction
from interpreter.values import cut

Stream = Literal["stdout", "stderr"]
STREAMS: tuple[Stream, Stream] = ("stdout", "stderr")

OUTPUT_BYTES = 1_000_000
"""The most that a stream may hold which the task gives back; a run keeps no larger value."""

_TAIL = 16_000
_RECENT = 8_000
_LINES = 20
_LINE = 200
_END = 600

_RETURNED: dict[str, tuple[Stream, ...]] = {"stdout": ("stdout",), "stderr": ("stderr",), "all": STREAMS}


class Output:
    """Takes both streams as they come, and never holds more than their limits."""

    def __init__(self, wanted: Collection[Stream], limit: int = OUTPUT_BYTES) -> None:
        """The streams in `wanted` are kept whole, up to `limit` bytes each."""
        self._wanted = wanted
        self._limit = limit
        self._kept: dict[Stream, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        self._recent = bytearray()
        self._shortened = False
        self.exceeded: Stream | None = None
        """The stream that grew beyond the limit, if one did."""

    @classmethod
    def of(cls, returned: str, *, awaited: bool = True) -> Output:
        """For what `return` names; nothing is given back of a process that is not awaited."""
        return cls(_RETURNED.get(returned, ()) if awaited else ())

    def take(self, stream: Stream, piece: bytes) -> bool:
        """Add what was written; whether the process may go on writing."""
        self._recent += piece[-_RECENT:]
        if len(self._recent) > _RECENT:
            self._shortened = True
            del self._recent[: len(self._recent) - _RECENT]
        kept = self._kept[stream]
        kept += piece
        if stream not in self._wanted:
            if len(kept) > 2 * _TAIL:
                del kept[: len(kept) - _TAIL]
        elif len(kept) > self._limit:
            del kept[self._limit :]
            self.exceeded = self.exceeded or stream
        return self.exceeded is None

    def text(self, stream: Stream) -> str:
        """A stream as text, as far as it was kept; what is no UTF-8 is replaced."""
        return self._kept[stream].decode("utf-8", "replace")

    def end(self, redaction: Redaction) -> str:
        """The end of what both streams hold, of a process that writes no more, without secrets."""
        text = redaction(self._recent.decode("utf-8", "replace"))
        if self._shortened:
            text = text.partition("\n")[2]  # a secret may be cut in half
        return text.strip()[-_END:]

    def lines(self, redaction: Redaction) -> list[str]:
        """The latest whole lines of both streams, without secrets, for whoever looks on."""
        text = redaction(self._recent.decode("utf-8", "replace"))
        whole = text.split("\n")[:-1]  # after the last newline a secret may be half written
        if self._shortened:
            whole = whole[1:]
        return [cut(line, _LINE) for line in whole[-_LINES:]]
