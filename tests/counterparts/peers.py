"""Counterparts that can be had in trouble: ended and started again, paused, and noise in their stead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from tests.counterparts.dockerd import Daemon
from tests.counterparts.garbage import Garbage


class Peer(Protocol):
    """A counterpart; killed before it is started again. Afterwards it is gone, with all that belongs to it."""

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


class Listens(Peer, Protocol):
    """One at a port of this machine."""

    port: int


class Program:
    """A counterpart that a worker starts by `command`: it stands for a program that behaves badly when it is told to."""

    _BEHAVIOUR: Mapping[str, str] = {
        "up": 'EXPECTED="$(cat "$0")" && export EXPECTED && exec "$@"',
        "down": 'echo "out of order: $TOKEN" >&2; exit 3',
        "slow": "exec sleep 600",
        "garbage": r"printf '\377\376{]\n{\"jsonrpc\": []}\n[[[\n'; exit 0",
    }

    def __init__(self, folder: Path, expected: str, program: Sequence[str]) -> None:
        """`expected` is the token that the program wants to be shown."""
        self._mode, token = folder / "mode", folder / "expected"
        token.write_text(expected)
        self.command = ["sh", "-c", f'eval "$(cat {self._mode})"', str(token), *program]

    def start(self) -> None:
        self.behave("up")

    def kill(self) -> None:
        self.behave("down")

    def pause(self) -> None:
        self.behave("slow")

    def resume(self) -> None:
        self.behave("up")

    def __exit__(self, *_: object) -> None:
        """Nothing of it is left."""

    def behave(self, how: str) -> None:
        """From now on, whenever it is started."""
        self._mode.write_text(self._BEHAVIOUR[how])


@contextmanager
def down(peer: Peer) -> Iterator[None]:
    """Nobody is there."""
    peer.kill()
    try:
        yield
    finally:
        peer.start()


@contextmanager
def slow(peer: Peer) -> Iterator[None]:
    """It does not answer."""
    peer.pause()
    try:
        yield
    finally:
        peer.resume()


@contextmanager
def garbage(peer: Peer) -> Iterator[None]:
    """Something else answers in its stead."""
    peer.kill()
    try:
        if isinstance(peer, Program):
            peer.behave("garbage")
            yield
        else:
            with Garbage(peer.socket if isinstance(peer, Daemon) else cast("Listens", peer).port):
                yield
    finally:
        peer.start()
