"""Server-sent events, as they come.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import codecs
import re
from collections.abc import AsyncIterator
from typing import NamedTuple

MEDIA_TYPE = "text/event-stream"

_END = re.compile(r"\r\n|\n|\r")


class Event(NamedTuple):
    """One event; its data may be empty. `id` is the last one given so far, `retry` the last milliseconds after which to come again."""

    name: str
    data: str
    id: str
    retry: int | None


async def events(pieces: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """The events of a body; what no empty line ends is none."""
    name, data, last, retry, fresh = "", list[str](), "", None, False
    async for line in _lines(pieces):
        if not line:
            if fresh:
                yield Event(name or "message", "\n".join(data), last, retry)
            name, data, fresh = "", [], False
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        fresh = fresh or field in {"data", "id", "retry"}
        match field:
            case "event":
                name = value
            case "data":
                data.append(value)
            case "id" if "\0" not in value:
                last = value
            case "retry" if value.isdecimal():
                retry = int(value[:9])


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The lines that have ended; a line feed belongs to the carriage return before it, also when it comes later."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    begun, after_return = list[str](), False
    async for piece in pieces:
        text = decoder.decode(piece)
        if not text:
            continue
        if after_return:
            text = text.removeprefix("\n")
        after_return = text.endswith("\r")
        first, *others = _END.split(text)
        begun.append(first)
        for line in others:
            yield "".join(begun)
            begun = [line]
