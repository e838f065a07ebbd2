"""What a document gives a process: arguments, environment and standard input, as the operating system takes them.

Values that an expression gave are texts as they are, and everything else as JSON.
"""

from __future__ import annotations

from interpreter.faults import fault
from interpreter.templates import spliced
from interpreter.values import Json


def arguments(given: Json) -> list[str]:
    """The arguments of a command. A map stands for options, `--name value` each: `true` gives `--name` alone, `false` and null nothing."""
    if given is None:
        return []
    if isinstance(given, dict):
        return [text for name, value in given.items() for text in _option(name, value)]
    return [_sendable(spliced(value), f"argument {at}") for at, value in enumerate(given, 1)]


def environment(given: Json) -> dict[str, str]:
    """The environment variables; those that are null are left out."""
    found = {}
    for name, value in (given or {}).items():
        if not name or "=" in name or "\0" in name:
            raise fault("configuration", f"an environment variable cannot be called {name!r}")
        if value is not None:
            found[name] = _sendable(spliced(value), f"the environment variable '{name}'")
    return found


def stdin(given: Json) -> bytes:
    """What the process reads; nothing where it is null or absent."""
    return b"" if given is None else spliced(given).encode("utf-8", "replace")


def text(given: Json, what: str) -> str:
    """A text that a process is started with; an `expression` fault for anything else."""
    if not isinstance(given, str) or not given.strip():
        raise fault("expression", f"{what} must be a text that is not empty")
    return _sendable(given, what)


def _option(name: str, value: Json) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return [f"--{name}"]
    return [f"--{name}", _sendable(spliced(value), f"the argument '{name}'")]


def _sendable(value: str, what: str) -> str:
    if "\0" in value:
        raise fault("configuration", f"{what} holds a NUL character, which no process can be given")
    return value
