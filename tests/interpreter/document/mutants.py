"""Good documents with random changes.

Which document a seed falls to, and what becomes of it, depends on that document alone: one more of them takes some seeds for itself and leaves
all others as they were, so that nobody's new sample has others find what was always wrong.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from interpreter.document.reader import read
from interpreter.values import join, lookup
from tests.interpreter.document.documents import examples, own, samples

VALUES = (
    None,
    True,
    0,
    -1,
    3.0,
    1.5,
    "",
    "x",
    "${ .x }",
    "${\n.x\n}",
    ".x",
    "PT1S",
    "https://x.io/a",
    [],
    ["x"],
    {},
    {"x": 1},
    [{"x": {"set": ".x"}}],
    {"use": "x"},
)


def documents():
    """Good documents by their files."""
    return {f"{path.parent.name}/{path.name}": read(path.read_bytes()).raw for path in (*own(), *examples(), *samples())}


def mutant(originals: Mapping[str, Any], seed: object, changes=(1,)):
    """One of the documents with as many changes as one of `changes` says."""
    name = max(originals, key=lambda one: sha256(f"{seed} {one}".encode()).digest())
    source, changed = random.Random(f"{seed} {name}"), originals[name]
    for _ in range(source.choice(changes)):
        changed = _changed(changed, source)
    return changed


def _changed(document, random):
    """A copy with one member renamed, removed, added, moved, or of another value."""
    changed = copy.deepcopy(document)
    pointers = [pointer for pointer in _pointers(changed) if pointer]
    if not pointers:
        return changed
    pointer = random.choice(pointers)
    parent, key = _parent(changed, pointer)
    change = random.choice((_replace, _replace, _remove, _add, _rename, _move))
    change(changed, parent, key, random)
    return changed


def _pointers(value, pointer=""):
    yield pointer
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _pointers(item, join(pointer, key))


def _parent(document, pointer):
    above, _, _ = pointer.rpartition("/")
    parent = lookup(document, above)
    key = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return parent, int(key) if isinstance(parent, list) else key


def _replace(_document, parent, key, random):
    parent[key] = copy.deepcopy(random.choice(VALUES))


def _remove(_document, parent, key, random):
    del parent[key]


def _add(document, parent, key, random):
    target = parent[key] if isinstance(parent[key], dict) else parent
    if isinstance(target, dict):
        target[random.choice((*_keys(document), "unheard"))] = copy.deepcopy(random.choice(VALUES))


def _rename(document, parent, key, random):
    if isinstance(parent, dict):
        word = random.choice((key[:-1] + "x", key + "s", key[1:], random.choice(_keys(document))))
        items = [(word if name == key else name, value) for name, value in parent.items()]
        parent.clear()
        parent.update(items)


def _move(document, parent, key, random):
    value = parent.pop(key)
    targets = [lookup(document, pointer) for pointer in _pointers(document)]
    target = random.choice([one for one in targets if isinstance(one, dict)])
    target[str(key)] = value


def _keys(document):
    return sorted({pointer.rpartition("/")[2] for pointer in _pointers(document) if pointer})
