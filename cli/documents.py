"""The document that is to be run, and those it runs: read, checked, and refused where they cannot run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cli import terminal
from cli.catalogs import Collected, collect
from cli.checking import checked
from cli.exits import Code, Stop
from cli.files import document, documents
from cli.reports import lines
from interpreter.document.definition import Definition
from interpreter.document.findings import Finding
from interpreter.document.load import Loaded, unsupported


def runnable(file: str, others: Sequence[str], catalogs: Mapping[str, Path]) -> tuple[Definition, list[Definition], dict[str, str]]:
    """The document in `file` (`-`: stdin), those in other files and folders, and the functions they call of catalogs in folders; warnings are told.

    Ends with exit 3 when one of them is invalid, or needs what cannot run yet.
    """
    texts = [document(file), *documents(others)]
    found = checked(texts, catalogs)
    for (name, _), loaded in zip(texts, found, strict=True):
        _tell(name, loaded)
    definitions = [loaded.definition for loaded in found if loaded.definition is not None]
    if len(definitions) < len(found):
        raise Stop(Code.INVALID)
    functions = Collected()
    for (name, _), one in zip(texts, definitions, strict=True):
        collect(one, name, folder_of(name), catalogs, functions)
    _tell_functions(functions)
    features = [finding for (name, _), one in zip(texts, definitions, strict=True) for finding in unsupported(one, name)]
    if features:
        raise Stop(Code.INVALID, f"{features[0].message} ({features[0].file}:{features[0].line}:{features[0].column}): nothing was started")
    root, *rest = definitions
    return root, rest, functions.texts


def folder_of(name: str) -> Path:
    """The folder beneath which a document's `file:` resources lie; for stdin the current one."""
    return Path.cwd() if name == "-" else Path(name).resolve().parent


def _tell(name: str, loaded: Loaded) -> None:
    blocking = set() if loaded.definition is None else {finding.pointer for finding in unsupported(loaded.definition, name)}
    for finding in loaded.findings:
        blocks = finding.severity == "error" or (finding.code == "unsupported" and finding.pointer in blocking)
        _say(finding, "red" if blocks else "yellow")


def _tell_functions(functions: Collected) -> None:
    for finding in functions.findings:
        _say(finding, "red")
    if any(finding.severity == "error" or finding.code == "unsupported" for finding in functions.findings):
        raise Stop(Code.INVALID)


def _say(finding: Finding, style: str) -> None:
    first, *rest = lines(finding)
    terminal.say(first, style)
    for line in rest:
        terminal.note(line)
