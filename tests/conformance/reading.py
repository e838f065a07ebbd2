"""From a document's text to what a run needs, or to why it may not run: the same for both worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interpreter.defaults import PRODUCT
from interpreter.document.definition import Definition
from interpreter.document.envelope import Envelope
from interpreter.document.load import load
from interpreter.document.rules import CompileCheck, Identity
from tests.conformance.world import Ran, Told


@dataclass(frozen=True, kw_only=True)
class Read:
    """A document that may run, and those it may start."""

    findings: tuple[Told, ...]
    definition: Definition
    below: tuple[Definition, ...]
    envelope: Envelope


def reading(text: str, children: Sequence[str], compile_check: CompileCheck, resources: Mapping[str, str]) -> Read | Ran:
    """What is needed to run; where the document may not run, what comes of it: what `run` refuses is refused here."""
    below = tuple(definition for definition in (load(child).definition for child in children) if definition is not None)
    assert len(below) == len(children), "a child does not load"
    loaded = load(text, compile_check=compile_check, known=[_identity(definition) for definition in below])
    findings = tuple(Told(severity=one.severity, code=one.code, message=one.message, pointer=one.pointer) for one in loaded.findings)
    if loaded.definition is None:
        return Ran(outcome="refused", findings=findings)
    if any(told.code == "unsupported" for told in findings):
        return Ran(outcome="unsupported", findings=findings)
    carried = {definition.digest: definition.text for definition in (loaded.definition, *below)}
    envelope = Envelope(root=loaded.definition.digest, documents=carried, resources=dict(resources), engine={"product": f"{PRODUCT} 1.2.3"})
    return Read(findings=findings, definition=loaded.definition, below=below, envelope=envelope)


def _identity(definition: Definition) -> Identity:
    header = definition.document.document
    return header.namespace, header.name, header.version
