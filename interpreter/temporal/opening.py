"""What a run begins with: its payloads read, its document parsed, its state begun or restored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from interpreter import engine, state
from interpreter.caching import OPTION
from interpreter.defaults import PRODUCT, Limits
from interpreter.document.definition import Definition
from interpreter.document.envelope import Envelope, UnknownVersion
from interpreter.evaluation.child_evaluator import shared
from interpreter.faults import fault
from interpreter.recent import Recent
from interpreter.scope import Host
from interpreter.state import State
from interpreter.temporal.failures import TaskFailure
from interpreter.temporal.pace import Pace
from interpreter.temporal.payloads import read
from interpreter.temporal.stops import RecordedStops
from interpreter.values import Json

VERSION = version(PRODUCT)

_INPUT, _ENVELOPE, _STATE = range(3)

CACHE_BYTES = 32_000_000
"""Of envelopes that a process keeps: runs of one document share what they carry."""


@dataclass(frozen=True, slots=True)
class Carried:
    """An envelope, and the payload in which it came (`Payload` in bytes)."""

    envelope: Envelope
    payload: bytes


_carried: Recent[Carried] = Recent(CACHE_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A run, ready for its next pass; `input` and `carried.payload` are its input and envelope as they came, for the next run of the chain.

    They are bytes, since a payload keeps the message alive in which it came.
    """

    input: bytes
    carried: Carried
    definition: Definition
    state: State
    host: Host
    evaluator: RecordedStops
    pace: Pace

    @property
    def envelope(self) -> Envelope:
        """What the run carries."""
        return self.carried.envelope

    @property
    def payloads(self) -> list[RawValue]:
        """Input and envelope as they came."""
        return [RawValue(Payload.FromString(text)) for text in (self.input, self.carried.payload)]

    def begin_activation(self) -> None:
        """What is evaluated and done from now on has a budget of time of its own."""
        self.evaluator.begin_activation()
        self.pace.begin_activation()


def opened(args: Sequence[RawValue], *, id: str, seed: str, now: int, continued: bool) -> Opening:
    """Read a start: 1 the input, 2 the envelope, 3 the state of the run before, if there was one.

    A `configuration` fault when this is no start of ours, a `validation` fault when the input is no JSON; `TaskFailure` for an
    envelope, document or state that this worker does not know how to read: a later version of the product may.
    """
    if len(args) > _STATE and not continued:
        # A state says what is done next, under the document's hash: whoever could bring one along could have anything done.
        raise fault("authorization", "only a run that continues another one brings a state along; this one was started with it")
    carried = _carried_in(args)
    envelope = carried.envelope
    definition, limits = _read(envelope)
    evaluator, pace = RecordedStops(shared()), Pace()
    raw_input, raw_envelope = args[_INPUT], args[_ENVELOPE]
    return Opening(
        input=raw_input.payload.SerializeToString(),
        carried=carried,
        definition=definition,
        state=_restored(args[_STATE]) if len(args) > _STATE else engine.begin(_input(raw_input), id=id, seed=seed, now=now),
        host=Host(
            evaluator=evaluator,
            resolve=envelope.resolve,
            resources=envelope.resources,
            limits=limits,
            version=_recorded_version(envelope),
            carried=len(raw_input.payload.data) + len(raw_envelope.payload.data),
            tired=pace.tired,
            anew=envelope.options.get(OPTION) is True,
        ),
        evaluator=evaluator,
        pace=pace,
    )


def _recorded_version(envelope: Envelope) -> str:
    """`$runtime.version`: that of the product that started the run, so that a later one replays it the same; empty where it is not told."""
    return str(envelope.engine.get("product", "")).partition(" ")[2]


def _carried_in(args: Sequence[RawValue]) -> Carried:
    if len(args) <= _ENVELOPE:
        raise fault(
            "configuration",
            "the run was started without a document: start it with 'swtemporal submit', or give the envelope as second argument",
        )
    payload = args[_ENVELOPE].payload.SerializeToString()
    known_by = hashlib.sha256(payload).digest()
    found = _carried.get(known_by)
    if found is None:
        found = Carried(_envelope(args[_ENVELOPE]), payload)
        _carried.put(known_by, found, len(payload))
    return found


def _envelope(raw: RawValue) -> Envelope:
    try:
        return Envelope.from_json(read(raw))
    except UnknownVersion as error:
        raise TaskFailure(str(error)) from None
    except ValueError as error:
        raise fault("configuration", f"the second argument is no envelope: {error}") from None


def _read(envelope: Envelope) -> tuple[Definition, Limits]:
    try:
        definitions = {
            digest: envelope.definition(digest) for digest in envelope.documents
        }  # all of them: a pass must not meet one it cannot read
        return definitions[envelope.root], envelope.limits
    except (ValueError, TypeError) as error:
        raise TaskFailure(f"this worker cannot read what the run carries: {error}") from None


def _input(raw: RawValue) -> Json:
    try:
        return read(raw)
    except ValueError as error:
        raise fault("validation", f"the input cannot be read: {error}") from None


def _restored(raw: RawValue) -> State:
    try:
        return state.restore(read(raw))
    except ValueError as error:
        raise TaskFailure(str(error)) from None
