"""The documents that names on the command line stand for: files, whole folders, and stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cli.exits import refuse

SUFFIXES = (".yaml", ".yml", ".json")
STDIN = "<stdin>"


def documents(names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Each document's name and bytes; of a folder all YAML and JSON files beneath it, in order. Ends with a usage error for what cannot be read."""
    for name in names:
        if name == "-":
            yield STDIN, sys.stdin.buffer.read()
        elif Path(name).is_dir():
            yield from _beneath(Path(name))
        else:
            yield name, _read(Path(name))


def document(name: str) -> tuple[str, bytes]:
    """One document's name and bytes; a folder is none."""
    if Path(name).is_dir():
        refuse(f"'{name}' is a folder: name one document")
    return next(documents([name]))


def named_by(uri: str, folder: Path) -> Path | None:
    """The path that a `file:` URI names: `file://app/x` is `app/x` in the folder, three slashes make it absolute. None for any other address.

    What has an expression or a template in it names no file either.
    """
    if not uri.startswith("file:") or "{" in uri:
        return None
    parts = urlsplit(uri)
    return folder / parts.netloc / unquote(parts.path).lstrip("/") if parts.netloc else Path(unquote(parts.path))


def _beneath(folder: Path) -> Iterator[tuple[str, bytes]]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file() and not _hidden(path, folder))
    if not found:
        refuse(f"no documents (*{', *'.join(SUFFIXES)}) beneath the folder '{folder}'")
    for path in found:
        yield str(path), _read(path)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        refuse(f"cannot read '{path}': {error.strerror}")
