"""Catalogs in folders: the functions that documents call of them travel with the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.exits import refuse
from cli.files import named_by
from interpreter.document.catalogs import Reference, reference
from interpreter.document.definition import Definition
from interpreter.document.findings import Finding, Problem, locate
from interpreter.document.functions import load_function
from interpreter.document.marks import Marks, Position
from interpreter.document.model import FunctionCall, uri_at
from interpreter.document.rules import FUNCTION_RULES
from interpreter.document.walk import walk
from interpreter.evaluation.child_evaluator import shared
from interpreter.values import join


@dataclass
class Collected:
    """Functions by the names under which a run carries them, and what is wrong with their files and with the calls."""

    texts: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def folders(options: Sequence[str]) -> dict[str, Path]:
    """The folders of `--catalog NAME=FOLDER`; ends with a usage error for one that is none."""
    found: dict[str, Path] = {}
    for option in options:
        name, _, folder = option.partition("=")
        if reference(f"f:1.0.0@{name}") is None or not folder:
            refuse(f"--catalog takes NAME=FOLDER, found '{option}'")
        if not Path(folder).is_dir():
            refuse(f"--catalog {name}: '{folder}' is no folder")
        if name in found:
            refuse(f"--catalog names '{name}' twice")
        found[name] = Path(folder).resolve()
    return found


def collect(definition: Definition, file: str, beneath: Path, given: Mapping[str, Path], into: Collected) -> None:
    """Read the functions that a document calls of catalogs in folders, and those that these call.

    The folders are the given ones, and those that the document names by `file:` beneath its own folder.
    """
    catalogs = {**_named(definition, file, beneath, into), **given}
    marks = definition.marks or Marks(values={"": Position(1, 1)})
    for pointer, found in _calls(definition.document, catalogs):
        _add(found, catalogs, (join(pointer, "call"), marks, file), into)


def _calls(node: object, catalogs: Mapping[str, Path]) -> Iterator[tuple[str, Reference]]:
    for pointer, call in walk(node):
        found = reference(call.call) if isinstance(call, FunctionCall) else None
        if found is not None and found.catalog in catalogs:
            yield pointer, found


def _add(found: Reference, catalogs: Mapping[str, Path], caller: tuple[str, Marks, str], into: Collected) -> None:
    if found.carried in into.texts:
        return
    root = catalogs[found.catalog]
    path = root / found.path
    pointer, marks, file = caller
    try:
        if not path.resolve().is_relative_to(root):
            raise FileNotFoundError
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "it lies outside the folder") if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"the catalog '{found.catalog}' has no '{found.name}:{found.version}': {path} ({reason})"
        into.findings += locate([Problem(code="unknown-function", pointer=pointer, message=message)], marks, file)
        return
    loaded = load_function(text, str(path), rules=FUNCTION_RULES, compile_check=shared().compile_check)
    into.texts[found.carried] = text
    into.findings += loaded.findings
    if loaded.function is not None:
        for below, called in _calls(loaded.function.task, catalogs):
            _add(called, catalogs, (join(below, "call"), Marks(values={"": Position(1, 1)}), str(path)), into)


def _named(definition: Definition, file: str, beneath: Path, into: Collected) -> dict[str, Path]:
    """The catalogs of a document whose endpoint is a folder."""
    use, found = definition.document.use, {}
    for name, catalog in ((use and use.catalogs) or {}).items():
        path = named_by(uri_at(catalog.endpoint), beneath)
        if path is None:
            continue
        if path.resolve().is_relative_to(beneath) and path.is_dir():
            found[name] = path.resolve()
            continue
        message = f"the catalog '{name}' is no folder beneath that of the document ({beneath})"
        marks = definition.marks or Marks(values={"": Position(1, 1)})
        into.findings += locate([Problem(code="unknown-catalog", pointer=f"/use/catalogs/{name}/endpoint", message=message)], marks, file)
    return found
