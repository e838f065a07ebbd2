"""From a document's text to what a run needs, or to why it may not run: the same for both worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interpreter.document.definition import Definition
from interpreter.document.envelope import Envelope
from interpreter.document.load import load
from tests.conformance.world import Ran, Told


@dataclass(frozen=True, kw_only=True)
class Read:
    """A document that may run, and those it may start."""

    findings: tuple[Told, ...]
    definition: Definition
    below: tuple[Definition, ...]
    envelope: Envelope


def reading(text: str, children: Sequence[str]) -> Read | Ran:
    """What is needed to run; where the document may not run, what comes of it: what `run` refuses is refused here."""
    loaded = load(text)
    findings = tuple(Told(severity=one.severity, code=one.code, message=one.message, pointer=one.pointer) for one in loaded.findings)
    if loaded.definition is None:
        return Ran(outcome="refused", findings=findings)
    if any(told.code == "unsupported" for told in findings):
        return Ran(outcome="unsupported", findings=findings)
    below = tuple(child for child in (load(one).definition for one in children) if child is not None)
    assert len(below) == len(children), "a child does not load"
    carried = {definition.digest: definition.text for definition in (loaded.definition, *below)}
    envelope = Envelope(root=loaded.definition.digest, documents=carried)
    return Read(findings=findings, definition=loaded.definition, below=below, envelope=envelope)
