"""Secret values of tests that can be recognised wherever they turn up, and the search for them in all that is kept and told.

A test whose secrets must stay secret takes them from here. At the end of a test session everything that its servers keep is searched, and
every log. A test that lets a secret out on purpose (a peer that answers with it) uses values of its own.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cache

from temporalio.api.common.v1 import WorkflowExecution as Which
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, GetWorkflowExecutionHistoryRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

MARK = "c4n4ry-5ecret"

_UNFOLDED = 4_000_000
"""Bytes of what is compressed or encoded that are looked at."""

_AT_ONCE = 20

_LINE = 8
"""Characters of a line that is not found by chance."""

_GZIP = re.compile(rb"\x1f\x8b\x08")
_GZIP_IN_BASE64 = re.compile(rb"H4sI[A-Za-z0-9+/=_-]{16,}")

_watched: set[str] = {MARK}


def canary(name: str) -> str:
    """A secret value that looks different in a URI, in a form and in JSON text."""
    return f'{MARK} {name} +&/"='


def token(name: str) -> str:
    """A secret value that can stand anywhere."""
    return f"{MARK}-{name}"


def watched(text: str) -> str:
    """A secret value that cannot be made up (a key, say), whose lines are searched for from now on, too; not what frames a key, and no short rest of one."""
    _watched.update(line for line in text.splitlines() if len(line) >= _LINE and not line.startswith("-----"))
    return text


def found_in(data: bytes) -> list[str]:
    """The watched values that occur in some bytes: in the clear, in JSON text, a URI, base64 or hexadecimal, also compressed within."""
    pieces = [data, *_unfolded(data)]
    return [value for value in sorted(_watched) if any(form in piece for form in _forms(value) for piece in pieces)]


@cache
def _forms(value: str) -> tuple[bytes, ...]:
    plain = value.encode()
    return (plain, plain.hex().encode(), plain.hex().upper().encode(), *_in_base64(plain))


def _in_base64(plain: bytes) -> Iterator[bytes]:
    for skipped in range(3):
        # Within a longer text in base64, by where in a group of three bytes it begins; the characters at its ends belong to its neighbours, too.
        encoded = base64.b64encode(b"\0" * skipped + plain).rstrip(b"=")
        inner = encoded[-(-skipped * 8 // 6) : len(encoded) - 1]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _unfolded(data: bytes) -> Iterator[bytes]:
    yield from _inflated(data)
    for found in _GZIP_IN_BASE64.finditer(data):
        text = found[0].translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
        yield from _inflated(base64.b64decode(text[: len(text) // 4 * 4]))


def _inflated(data: bytes) -> Iterator[bytes]:
    for found in _GZIP.finditer(data):
        try:
            yield zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data[found.start() :], _UNFOLDED)
        except zlib.error:
            continue  # it only looked like one


async def betrayed(client: Client) -> list[str]:
    """Which runs a server tells a watched value of."""
    runs = [run async for run in client.list_workflows()]
    found: list[str] = []
    for at in range(0, len(runs), _AT_ONCE):
        found += filter(None, await asyncio.gather(*(_betrayed(client, run) for run in runs[at : at + _AT_ONCE])))
    return sorted(set(found))


async def _betrayed(client: Client, run: WorkflowExecution) -> str:
    told = {value for data in await kept(client, run) for value in found_in(data)}
    return f"{run.id}: {', '.join(sorted(told))}" if told else ""


async def kept(client: Client, run: WorkflowExecution) -> list[bytes]:
    """What a server keeps of a run: how it is described (heartbeats and failures of pending activities included), and its history."""
    which = Which(workflow_id=run.id, run_id=run.run_id)
    try:
        asked = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=which)
        found = [(await client.workflow_service.describe_workflow_execution(asked)).SerializeToString()]
        page = b""
        while True:
            wanted = GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=which, next_page_token=page)
            answer = await client.workflow_service.get_workflow_execution_history(wanted)
            found.append(answer.history.SerializeToString())
            page = answer.next_page_token
            if not page:
                return found
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return []  # the list lags behind: the test that made the run has deleted it


class Listener(logging.Handler):
    """Hears every log record of this process."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        """The lines that tell a watched value."""

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if found_in(line.encode("utf-8", "surrogatepass")):
            self.told.append(line)


def told_in(lines: Iterable[str]) -> list[str]:
    """The lines of a log that tell a watched value."""
    return [line for line in lines if found_in(line.encode("utf-8", "surrogatepass"))]
