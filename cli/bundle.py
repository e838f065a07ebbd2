"""What a run carries: the document, its sub-workflows, its `file:` resources; all that a worker must not look for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from cli import terminal
from cli.exits import Code, Stop, refuse
from cli.files import named_by
from interpreter.defaults import PRODUCT, Limits
from interpreter.document.catalogs import written
from interpreter.document.definition import Definition
from interpreter.document.envelope import Envelope
from interpreter.document.model import ExternalResource, GrpcCall, Subflow, uri_at
from interpreter.document.walk import walk
from interpreter.protos import Import, beside, collected, name_of
from interpreter.values import Json, size


def bundle(root: Definition, others: Sequence[Definition], folder: Path, functions: Mapping[str, str] = MappingProxyType({})) -> Envelope:
    """The envelope of a run of `root`.

    `others` are its possible sub-workflows, `folder` is what `file:` resources lie beneath, `functions` what they call of catalogs in folders.

    Ends with a usage error, or with exit 3 where a sub-workflow or a resource is missing.
    """
    every = [root, *others]
    _check_names(every)
    envelope = Envelope(
        root=root.digest,
        documents={one.digest: one.text for one in every},
        resources={**dict(_resources(every, folder)), **functions},
        options={"limits": Limits().as_json()},
        engine={"product": f"{PRODUCT} {version(PRODUCT)}", "jq": version("jq")},
    )
    _check_subflows(envelope, root, others)
    return envelope


def hashes_of(root: Definition, folder: Path, functions: Mapping[str, str]) -> dict[str, str]:
    """By the hashes that policies name: functions of folders, and `carries …` for each file and function that a run of a document carries.

    Ends with exit 3 where a file is missing.
    """
    resources = {**dict(_resources([root], folder)), **functions}
    envelope = Envelope(root=root.digest, documents={root.digest: root.text}, resources=resources)
    return envelope.functions() | {digest: f"carries {written(uri) or uri}" for digest, uri in envelope.carried().items()}


def check_size(envelope: Envelope, input: Json) -> None:
    """End with a usage error when input and envelope are more than a run can carry."""
    try:
        Envelope.from_json(envelope.as_json())
    except ValueError as error:
        refuse(str(error))
    limit = envelope.limits.total_bytes
    total = size(envelope.as_json()) + size(input)
    if total > limit:
        refuse(
            f"input ({size(input):,} bytes) and documents ({total - size(input):,}) are more than the {limit:,} bytes that a run can carry"
        )


def _check_names(every: Sequence[Definition]) -> None:
    known: dict[str, str] = {}
    for one in every:
        if known.setdefault(_name(one), one.digest) != one.digest:
            refuse(f"two different documents are named {_name(one)}: give one of them another version")


def _name(one: Definition) -> str:
    header = one.document.document
    return f"{header.namespace}/{header.name}:{header.version}"


def _check_subflows(envelope: Envelope, root: Definition, others: Sequence[Definition]) -> None:
    reached = envelope.reachable(root.digest).documents
    for one in (root, *others):
        for pointer, node in walk(one.document):
            if one.digest not in reached or not isinstance(node, Subflow):
                continue
            if envelope.resolve(node.namespace, node.name, node.version) is None:
                wanted = f"{node.namespace}/{node.name}:{node.version}"
                raise Stop(Code.INVALID, f"{_name(one)} runs {wanted} (at {pointer}), which is not given: add its file with --with")
    for one in others:
        if one.digest not in reached:
            terminal.warn(f"{_name(one)} was given with --with, but nothing runs it")


def _resources(every: Sequence[Definition], folder: Path) -> Iterator[tuple[str, str]]:
    for one in every:
        for pointer, node in walk(one.document):
            who = f"{_name(one)} (at {pointer})"
            if isinstance(node, GrpcCall):
                yield from _imports(uri_at(node.with_.proto.endpoint), folder, who)
            if not isinstance(node, ExternalResource):
                continue
            uri = uri_at(node.endpoint)
            path = named_by(uri, folder)
            if path is not None:
                yield uri, _text(path, folder, f"{who} names '{uri}'")


def _imports(uri: str, folder: Path, who: str) -> Iterator[tuple[str, str]]:
    """The files that a proto file imports, beneath its own folder, under the addresses at which they are looked for."""
    path = named_by(uri, folder)
    if path is None:
        return

    def read(wanted: Import) -> str:
        return _text(path.parent / wanted.name, folder, f"{who} needs '{wanted.importer}', which imports '{wanted.name}'")

    try:
        found = collected(name_of(uri), _text(path, folder, f"{who} names '{uri}'"), read)
    except ValueError as error:
        raise Stop(Code.INVALID, f"{who} names '{uri}': {error}") from None
    for name, text in found.items():
        yield beside(uri, name), text


def _text(path: Path, folder: Path, named: str) -> str:
    """The text of a file, which must lie beneath the folder."""
    path = path.resolve()
    if not path.is_relative_to(folder):
        raise Stop(Code.INVALID, f"{named}, which lies outside the folder of the document ({folder}): move it there")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Stop(Code.INVALID, f"{named}, which cannot be read ({path}: {reason})") from None
