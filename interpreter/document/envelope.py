"""What a run carries beside its input: documents, resources, options. A wire format: what is written here is in histories for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from interpreter.defaults import ENVELOPE_VERSION, PRODUCT, RESOURCE_BYTES, SEMANTICS, Limits
from interpreter.document.catalogs import written
from interpreter.document.definition import Definition
from interpreter.document.functions import function_in
from interpreter.document.load import parse
from interpreter.document.model import GrpcCall, Subflow, uri_at
from interpreter.document.versions import precedence
from interpreter.document.walk import walk
from interpreter.protos import beside, imported
from interpreter.values import Json, digest, encode, size

CARRIED = 400
"""How many texts a run may carry beside its document: every activity is told the hash of each."""

SETTINGS_BYTES = 64_000
"""Of `options` and of `engine`: what a worker keeps of them takes many times as much."""

_OBJECTS = ("engine", "documents", "resources", "options")


class UnknownVersion(ValueError):
    """An envelope of another version of the product: well formed perhaps, but not for this worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Everything a run needs, so that a worker needs nothing of its own.

    `documents` holds the JSON text of each document by the digest of its bytes, `root` the digest of the one that is run,
    `resources` the text of each resource by its URI. `engine` says who started the run: for diagnosis, and for `$runtime.version`.
    """

    root: str
    documents: Mapping[str, str]
    resources: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Json] = field(default_factory=dict)
    engine: Mapping[str, Json] = field(default_factory=lambda: {"product": PRODUCT})
    semantics: int = SEMANTICS
    v: int = ENVELOPE_VERSION

    def as_json(self) -> dict[str, Json]:
        """As it stands in the history."""
        return {
            "v": self.v,
            "semantics": self.semantics,
            "engine": dict(self.engine),
            "root": self.root,
            "documents": dict(self.documents),
            "resources": dict(self.resources),
            "options": dict(self.options),
        }

    @classmethod
    def from_json(cls, raw: Json) -> Envelope:
        """The envelope in a JSON value; `UnknownVersion` for one of another version, `ValueError` for anything else."""
        _require(isinstance(raw, dict), "an envelope is an object with v, semantics, engine, root, documents, resources and options")
        _check_versions(raw)
        members: dict[str, Any] = {name: raw.get(name, {}) for name in _OBJECTS}
        for name, value in members.items():
            _require(isinstance(value, dict), f"'{name}' of the envelope must be an object")
        for name in ("engine", "options"):
            _require(size(members[name]) <= SETTINGS_BYTES, f"'{name}' of the envelope is larger than {SETTINGS_BYTES:,} bytes")
        for name in ("documents", "resources"):
            _require(all(isinstance(text, str) for text in members[name].values()), f"'{name}' of the envelope must hold texts")
        root: str = raw.get("root", "")
        _require(root in list(members["documents"]), "'root' of the envelope must be the digest of one of its documents")
        beside = len(members["documents"]) - 1 + len(members["resources"])
        _require(beside <= CARRIED, f"a run carries at most {CARRIED} texts beside its document, not {beside}")
        for uri, text in members["resources"].items():
            _require(
                not written(uri) or size(text) <= RESOURCE_BYTES, f"the function carried as {uri} is larger than {RESOURCE_BYTES:,} bytes"
            )
        return cls(v=raw["v"], semantics=raw["semantics"], root=root, **members)

    def carried(self) -> dict[str, str]:
        """What the run carries beside its document, by hashes: the URI of each resource, empty for another document.

        A document is known by the hash of its text, since it says itself what it is called; a resource by that of `HASH URI`, the hash of its
        text and where it stands: two texts that may be carried must not change places.
        """
        documents = {digest(text): "" for name, text in self.documents.items() if name != self.root}
        return documents | {digest(f"{digest(text)} {uri}"): uri for uri, text in self.resources.items()}

    def functions(self) -> dict[str, str]:
        """By their hashes, how documents write the functions that the run carries; `ValueError` where one of them is none.

        They are hashed by their values: that is how workers are told in which function something is done.
        """
        named = ((uri, text, written(uri)) for uri, text in self.resources.items())
        return {digest(encode(function_in(text, uri).raw)): name for uri, text, name in named if name}

    def identity(self) -> dict[str, Json]:
        """Whose work is done, as workers are told it, who grant by it: `{document, carried?}`, hashes of the document and of what is carried beside it."""
        carried = sorted(self.carried())
        return {"document": self.root, "carried": carried} if carried else {"document": self.root}

    @property
    def limits(self) -> Limits:
        """The limits that decide this run's outcomes."""
        return Limits.from_json(self.options.get("limits"))

    def definition(self, digest: str) -> Definition:
        """One of the documents; `KeyError` when it is not carried, `ValueError` when it is not what its digest says."""
        found = parse(self.documents[digest])
        if found.digest != digest:
            raise ValueError(f"the document carried as {digest} has the digest {found.digest}")
        return found

    def resolve(self, namespace: str, name: str, version: str) -> str | None:
        """The digest of the document with this name; `latest` is the highest version. None when it is not carried."""
        versions: dict[str, str] = {}
        for found in self.documents:
            header = self.definition(found).document.document
            if (header.namespace, header.name) == (namespace, name):
                versions[header.version] = found
        if version == "latest" and versions:
            version = max(versions, key=lambda one: (precedence(one), one))
        return versions.get(version)

    def reachable(self, digest: str) -> Envelope:
        """The envelope of a child that runs the document `digest`: only the documents it can reach, and their resources."""
        documents: dict[str, str] = {}
        protos: set[str] = set()
        pending = [digest]
        while pending:
            current = pending.pop()
            if current in documents:
                continue
            documents[current] = self.documents[current]
            for _, node in walk(self.definition(current).document):
                if isinstance(node, Subflow):
                    called = self.resolve(node.namespace, node.name, node.version)
                    pending += [called] if called else []
                if isinstance(node, GrpcCall):
                    protos.add(uri_at(node.with_.proto.endpoint))
        resources = _reached(self.resources, documents)
        return replace(self, root=digest, documents=documents, resources=resources | self._imported(protos & resources.keys()))

    def _imported(self, protos: set[str]) -> dict[str, str]:
        """The resources that these proto files import."""
        return {
            at: self.resources[at]
            for uri in sorted(protos)
            for at in (beside(uri, name) for name in imported(uri, self.resources[uri], self.resources))
        }


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _check_versions(raw: dict[str, Json]) -> None:
    for name, known in (("v", ENVELOPE_VERSION), ("semantics", SEMANTICS)):
        given: Any = raw.get(name)
        _require(type(given) is int and given > 0, f"'{name}' of the envelope must be a positive number, found {encode(given)}")
        if given > known:
            raise UnknownVersion(f"the run needs '{name}' {given}, this worker knows up to {known}: start a newer worker")


def _reached(resources: Mapping[str, str], documents: Mapping[str, str]) -> dict[str, str]:
    """The resources that the documents name, or the functions that these call."""
    reached: dict[str, str] = {}
    texts = list(documents.values())
    while texts:
        found = {uri: text for uri, text in resources.items() if uri not in reached and _named(uri, texts)}
        reached |= found
        texts = [text for uri, text in found.items() if written(uri)]
    return reached


def _named(uri: str, texts: list[str]) -> bool:
    """Whether any of the texts spells out the URI, or the function that is carried under it."""
    called = written(uri) or encode(uri)[1:-1]
    return any(called in text for text in texts)
