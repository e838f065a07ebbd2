"""From text to a definition: `load` for an author's file, `parse` for what an envelope carries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass

from interpreter.document import rules
from interpreter.document.definition import Definition
from interpreter.document.findings import Finding, Problem, locate
from interpreter.document.marks import Marks, Position
from interpreter.document.model import Document
from interpreter.document.reader import Written, read
from interpreter.document.rules import CompileCheck, Identity, Source, broken
from interpreter.document.structure import read_structure
from interpreter.document.syntax import Unreadable
from interpreter.recent import Recent
from interpreter.values import Json, encode

CACHE_BYTES = 64_000_000
"""Texts of definitions that a process keeps; model and raw take a few times as much."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read: the definition (None where there is an error) and all findings, in the order of the text."""

    definition: Definition | None
    findings: tuple[Finding, ...]


def load(
    text: str | bytes,
    name: str = "<stdin>",
    *,
    compile_check: CompileCheck | None = None,
    known: Collection[Identity] = (),
    catalogs: Collection[str] = (),
) -> Loaded:
    """A document in YAML or JSON, with everything that is wrong with it; `name` is the file as findings call it.

    `compile_check` tells of each jq source whether it compiles; without it, expressions are only looked at from outside.
    `known` are the other workflows that the document may run, `catalogs` those that the command line gives. The rules are asked only where the structure holds.
    """
    try:
        written = read(text)
    except Unreadable as error:
        problem = Problem(code="yaml", pointer="", message=error.message)
        return Loaded(None, locate([problem], Marks(values={"": error.position}), name))
    structure = read_structure(written.raw)
    problems = [*_duplicates(written), *structure.problems]
    definition = None
    if structure.document is not None:
        problems += broken(Source(structure.document, written.raw, compile_check, known, catalogs))
        if all(problem.severity == "warning" for problem in problems):
            definition = _definition(structure.document, written)
    return Loaded(definition, locate(problems, written.marks, name))


def unsupported(definition: Definition, name: str = "<stdin>") -> tuple[Finding, ...]:
    """Why a valid document cannot be run: the features in it that this version does not run yet."""
    source = Source(definition.document, definition.raw)
    return locate(rules.unsupported(source), definition.marks or Marks(values={"": Position(1, 1)}), name)


def parse(text: str) -> Definition:
    """The definition in a JSON text that was checked before it was sent; equal texts share one definition.

    `ValueError` for a text that holds none. No rules are asked: their findings are never raised on a run already started.
    """
    digest = digest_of(text)
    found = _parsed.get(digest)
    if found is None:
        found = _defined(_decoded(text), text, digest)
        _parsed.put(digest, found, len(text))
    return found


def define(raw: Json) -> Definition:
    """The definition in a JSON value; `ValueError` for one that is no document."""
    text = encode(raw)
    return _defined(raw, text, digest_of(text))


def digest_of(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _definition(document: Document, written: Written) -> Definition:
    text = encode(written.raw)
    return Definition(document=document, raw=written.raw, digest=digest_of(text), text=text, marks=written.marks)


def _duplicates(written: Written) -> list[Problem]:
    return [
        Problem(
            code="duplicate-key",
            pointer=duplicate.pointer,
            message=f"'{duplicate.key}' is written twice; first at line {duplicate.first.line}",
            at="key",
        )
        for duplicate in written.duplicates
    ]


def _decoded(text: str) -> Json:
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("the text holds no document: it is nested too deep") from None


def _refused(constant: str) -> Json:
    raise ValueError(f"the text holds no document: {constant} is no value of JSON")


def _defined(raw: Json, text: str, digest: str) -> Definition:
    structure = read_structure(raw)
    if structure.document is None:
        problem = structure.problems[0]
        raise ValueError(f"the text holds no document: {problem.pointer} {problem.message}")
    return Definition(document=structure.document, raw=raw, digest=digest, text=text)


_parsed: Recent[Definition] = Recent(CACHE_BYTES)
