"""YAML by the 1.2 core rules, for the data of tests: plain words are words and dates stay text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from interpreter.values import Json


class _Core(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012  the base class declares it so


def _resolve(tag: str, pattern: str, first: Iterable[str]) -> None:
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


_resolve("null", "~|null|", ["~", "n", ""])
_resolve("bool", "true|false", "tf")
_resolve("int", "[-+]?[0-9]+", "-+0123456789")
_resolve("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789")
_Core.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))


def read(text: str) -> Json:
    """The one document in a text."""
    return yaml.load(text, _Core)


def read_all(path: Path) -> Iterator[Json]:
    """All the documents of a file, in order."""
    yield from yaml.load_all(path.read_text(), _Core)
