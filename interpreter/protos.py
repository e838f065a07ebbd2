"""What a proto file imports: which files, where they stand, and how much there may be of them.

The name of an import is a path beneath the folder of the first file, whichever file imports it: as `protoc --proto_path` reads it.
Spec: https://protobuf.dev/programming-guides/proto3/#importing
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Generator, Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin

from interpreter.recent import Recent

FILES = 64
"""How many files may belong together, the first one included."""
CHARACTERS = 1_000_000
"""How long they may be together."""

CACHE_CHARACTERS = 8_000_000
"""Of texts whose imports a process knows."""

_BUILT_IN = "google/protobuf/"
"""Google's well-known files, which every compiler brings along."""
_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|(?P<text>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|(?P<word>\w+)|(?P<sign>[^\s\w"'/]+|/)""", re.DOTALL
)
_KINDS = frozenset({"public", "weak", "option"})
_NAME = re.compile(r"[\w.+@][\w.+@ -]{0,199}(?:/[\w.+@][\w.+@ -]{0,199}){0,31}", re.ASCII)
_known: Recent[tuple[str, ...]] = Recent(CACHE_CHARACTERS)


class Import(NamedTuple):
    """A file that is needed: `importer` and `name` are paths beneath the folder of the first file."""

    importer: str
    name: str


def name_of(uri: str) -> str:
    """What the file at an address is called. Not with an `@` in front: to compilers that is a file of options."""
    name = unquote(re.split(r"[?#]", uri, maxsplit=1)[0].rpartition("/")[2].rpartition(":")[2])
    return name if _fits(name) and "/" not in name and not name.startswith("@") else "document.proto"


def beside(uri: str, name: str) -> str:
    """Where an import stands whose first file has this address; of the same host."""
    if not uri.startswith("file:"):
        return urljoin(uri, quote(name))
    folder, slash, _ = uri.rpartition("/")
    return f"{folder}/{quote(name)}" if slash else f"file:{quote(name)}"


def gathered(first: str, text: str) -> Generator[Import, str, dict[str, str]]:
    """All files that the first one needs, by name: yields each import once, is sent the file's text, and returns the texts.

    `ValueError`, worded for people, for a name that leads elsewhere and for what is too much. Circles end here; the compiler refuses them.
    """
    found: dict[str, str] = {}
    pending = deque([(first, text)])
    length = len(text)
    while pending:
        importer, text = pending.popleft()
        _check(length, first, found)
        for name in imports(text):
            if name == first or name in found:
                continue
            if not _fits(name):
                raise ValueError(f"'{importer}' imports {name!r}, which is no plain path beneath the folder of '{first}'")
            if len(found) + 1 == FILES:
                raise ValueError(f"'{importer}' imports '{name}', which is one file too many: at most {FILES} belong together")
            found[name] = yield Import(importer, name)
            length += len(found[name])
            _check(length, first, found)
            pending.append((name, found[name]))
    return found


def collected(first: str, text: str, read: Callable[[Import], str]) -> dict[str, str]:
    """The same where reading is a function."""
    needed = gathered(first, text)
    try:
        wanted = next(needed)
        while True:
            wanted = needed.send(read(wanted))
    except StopIteration as end:
        found: dict[str, str] = end.value
        return found


def imported(uri: str, text: str, resources: Mapping[str, str]) -> dict[str, str]:
    """Of the files that the first one at `uri` needs, those that a run carries, by name; whoever compiles them sees what is not there.

    Never fails: beside what is no address, and under what is no plain path, nothing is carried. What is too much is not looked at to its end.
    """
    found: dict[str, str] = {}
    pending = deque([text])
    length = len(text)
    while pending and length <= CHARACTERS:
        for name in imports(pending.popleft()):
            if name in found or not _fits(name):
                continue
            at = _beside(uri, name)
            if at is not None and at != uri and at in resources:
                found[name] = resources[at]
                length += len(found[name])
                pending.append(found[name])
    return found


def imports(text: str) -> tuple[str, ...]:
    """The names in the import statements of a proto, but for those that every compiler brings along. Never fails: what is no proto imports nothing."""
    found = _known.get(text)
    if found is None:
        found = _imports(text)
        _known.put(text, found, len(text))
    return found


def _imports(text: str) -> tuple[str, ...]:
    found = []
    importing = False
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind is None:
            continue
        if importing and kind == "text":
            found.append(token["text"][1:].removesuffix(token["text"][0]))
        importing = token[0] == "import" or (importing and token[0] in _KINDS)
    return tuple(dict.fromkeys(name for name in found if not name.startswith(_BUILT_IN)))


def _beside(uri: str, name: str) -> str | None:
    """The same as `beside`; None where the first file's address is none."""
    try:
        return beside(uri, name)
    except ValueError:
        return None


def _fits(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not {".", ".."} & set(name.split("/"))


def _check(length: int, first: str, imported: Mapping[str, str]) -> None:
    if length > CHARACTERS:
        what = f"'{first}' and what it imports (so far {len(imported)} more) are" if imported else f"'{first}' is"
        raise ValueError(f"{what} larger than {CHARACTERS:,} characters")
