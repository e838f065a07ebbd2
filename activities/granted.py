"""The grant under which an effect is performed: set once at the border, looked at wherever something outside is touched.

It is ambient, so that no code on the way can forget to pass it on. What a worker does on its own account (its event sink, its
store of secrets) has none, and is not restricted.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from activities.policy import Grant
from interpreter.faults import Fault, fault

_GRANT: ContextVar[Grant | None] = ContextVar("grant", default=None)


def granted() -> Grant | None:
    """The grant of the effect that is being performed here; None on the worker's own account."""
    return _GRANT.get()


@contextmanager
def under(grant: Grant | None) -> Iterator[None]:
    """Within, everything is done under this grant."""
    token = _GRANT.set(grant)
    try:
        yield
    finally:
        _GRANT.reset(token)


async def permit(host: str, port: int) -> list[str]:
    """See `looked_at`, by the grant of the effect that is being performed here."""
    return await looked_at(granted(), host, port)


async def permit_by_proxy(host: str, port: int) -> None:
    """See that a proxy may be asked for a host; faults as of `looked_at`. Where only the proxy could find it, its name has to be granted."""
    grant = granted()
    if grant is None or grant.names(host, port):
        return
    try:
        found = await _addresses(host, port)
    except Fault:
        why = "the host's name has no address here that could be looked at before the proxy is asked"
        cure = f"where only the proxy knows names, grant this one: {host!r} under 'hosts' of the worker's policy (or --allow)"
        raise fault("communication", f"{host}: {why}; {cure}", title="Host not found") from None
    grant.host(host, port, found)


async def looked_at(grant: Grant | None, host: str, port: int) -> list[str]:
    """Where a peer may be connected to: the host, where its name is granted, else all of its addresses, now that they were looked at.

    An `authorization` fault where one of them is not granted, a `communication` fault where the name leads nowhere.
    """
    if grant is None or grant.names(host, port):
        return [host]
    found = await _addresses(host, port)
    grant.host(host, port, found)
    return found


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise fault("communication", f"{host}: the host's name has no address", title="Host not found") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
