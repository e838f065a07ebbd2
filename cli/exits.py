"""How a command ends: the exit codes, and the one exception that carries one up to `main`."""

from __future__ import annotations

from enum import IntEnum
from typing import NoReturn

from interpreter.values import Json


class Code(IntEnum):
    """The exit codes of all commands."""

    COMPLETED = 0
    FAILURE = 1
    """A failure of ours or of the connection."""
    USAGE = 2
    INVALID = 3
    """The document is invalid, or needs what is not supported yet."""
    FAULTED = 4
    TIMED_OUT = 5
    """The wait ended before the run did."""
    CANCELLED = 6
    """The run was cancelled or terminated."""
    INTERRUPTED = 130


class Stop(Exception):
    """Ends the command: `message` is one line for people on stderr, `problem` what follows it there as JSON."""

    def __init__(self, code: Code, message: str = "", *, problem: Json = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problem = problem


def refuse(message: str) -> NoReturn:
    """End with a usage error."""
    raise Stop(Code.USAGE, message)


def fail(message: str) -> NoReturn:
    """End with a failure of ours or of the connection."""
    raise Stop(Code.FAILURE, message)
