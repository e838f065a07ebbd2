"""A document that is to be run: loaded, checked, and refused where it cannot run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cli import terminal
from cli.exits import Code, Stop
from cli.files import document, documents
from cli.reports import lines
from interpreter.document.definition import Definition
from interpreter.document.findings import Finding
from interpreter.document.load import load

UNSUPPORTED = "unsupported"


def runnable(name: str) -> Definition:
    """The document in a file (`-`: stdin), its warnings told; ends with exit 3 when it is invalid or needs what cannot run yet."""
    return _checked(*document(name))


def runnables(names: Iterable[str]) -> list[Definition]:
    """The same for several files and folders."""
    return [_checked(name, text) for name, text in documents(names)]


def folder_of(name: str) -> Path:
    """The folder beneath which a document's `file:` resources lie; for stdin the current one."""
    return Path.cwd() if name == "-" else Path(name).resolve().parent


def _checked(name: str, text: bytes) -> Definition:
    loaded = load(text, name)
    for finding in loaded.findings:
        _tell(finding)
    if loaded.definition is None:
        raise Stop(Code.INVALID)
    if any(finding.code == UNSUPPORTED for finding in loaded.findings):
        raise Stop(Code.INVALID, f"'{name}' needs what cannot run yet: see the lines marked error[{UNSUPPORTED}]")
    if loaded.definition.document.schedule is not None:
        terminal.note(f"'{name}' has a schedule; run by hand it runs once, now")
    return loaded.definition


def _tell(finding: Finding) -> None:
    blocking = finding.severity == "error" or finding.code == UNSUPPORTED
    first, *rest = lines(finding)
    if blocking:
        first = first.replace(f" {finding.severity}[", " error[", 1)
    terminal.say(first, "red" if blocking else "yellow")
    for line in rest:
        terminal.say(line, "dim")
