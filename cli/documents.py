"""The document that is to be run, and those it runs: read, checked, and refused where they cannot run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli import terminal
from cli.checking import checked
from cli.exits import Code, Stop
from cli.files import document, documents
from cli.reports import lines
from interpreter.document.definition import Definition
from interpreter.document.findings import Finding
from interpreter.document.load import Loaded, unsupported


def runnable(file: str, others: Sequence[str]) -> tuple[Definition, list[Definition]]:
    """The document in `file` (`-`: stdin), and those in other files and folders; warnings are told.

    Ends with exit 3 when one of them is invalid, or needs what cannot run yet.
    """
    texts = [document(file), *documents(others)]
    found = checked(texts)
    for (name, _), loaded in zip(texts, found, strict=True):
        _tell(name, loaded)
    definitions = [loaded.definition for loaded in found if loaded.definition is not None]
    if len(definitions) < len(found):
        raise Stop(Code.INVALID)
    features = [finding for (name, _), one in zip(texts, definitions, strict=True) for finding in unsupported(one, name)]
    if features:
        raise Stop(Code.INVALID, f"{features[0].message} ({features[0].file}:{features[0].line}:{features[0].column}): nothing was started")
    root, *rest = definitions
    return root, rest


def folder_of(name: str) -> Path:
    """The folder beneath which a document's `file:` resources lie; for stdin the current one."""
    return Path.cwd() if name == "-" else Path(name).resolve().parent


def _tell(name: str, loaded: Loaded) -> None:
    blocking = set() if loaded.definition is None else {finding.pointer for finding in unsupported(loaded.definition, name)}
    for finding in loaded.findings:
        blocks = finding.severity == "error" or (finding.code == "unsupported" and finding.pointer in blocking)
        _say(finding, "red" if blocks else "yellow")


def _say(finding: Finding, style: str) -> None:
    first, *rest = lines(finding)
    terminal.say(first, style)
    for line in rest:
        terminal.note(line)
