"""CloudEvents: what a filter lets through, what correlates, and what is read from an event.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#event-filter
"""

from __future__ import annotations

import base64
import json
import re

from interpreter.dataflow import Place
from interpreter.defaults import CHILD_COST, Limits
from interpreter.document.model import AllEvents, AnyEvent, EventFilter, EventStrategy, OneEvent
from interpreter.faults import PREFIX, Fault
from interpreter.templates import spliced
from interpreter.values import Json, depth_exceeds, encode, same, size

Keys = dict[str, Json]

_PLAIN = re.compile(r"[A-Za-z0-9_./:-]*")
"""Patterns that are decided here, as every type and most sources are: in them only the dot means something."""


def filters_of(strategy: EventStrategy) -> list[EventFilter]:
    """The filters of a strategy, in declared order."""
    match strategy:
        case OneEvent():
            return [strategy.one]
        case AllEvents():
            return strategy.all
        case AnyEvent():
            return strategy.any


def admits(place: Place, filter: EventFilter, event: Json, keys: Keys, input: Json, member: str) -> Keys | None:
    """The correlation keys after an event that passes the filter, or None when it does not pass.

    Each attribute is compared with a constant, an anchored regular expression, or an expression that sees the attribute as
    `.`; an expression that fails means no match. Keys are read from the whole event; a null never correlates.
    """
    for name, wanted in filter.with_.items():
        if not _passes(place, wanted, _attribute(event, name), f"{member}/with/{name}"):
            return None
    found = dict(keys)
    for name, correlation in (filter.correlate or {}).items():
        key = _quietly(place, correlation.from_, event, f"{member}/correlate/{name}/from")
        if key is None:
            return None
        if name not in found and correlation.expect is not None:
            found[name] = place.fill(correlation.expect, input, f"{member}/correlate/{name}/expect")
        if not same(found.setdefault(name, key), key):
            return None
    return found


def read(event: Json, mode: str) -> Json:
    """What a listener gets of an event: its `data`, the whole `envelope`, or the data `raw` (text, or base64 where it is binary)."""
    if mode == "envelope":
        return event
    if mode == "data":
        return _data(event)
    if "data_base64" in event:
        return event["data_base64"]
    data = event.get("data")
    return data if data is None or isinstance(data, str) else encode(data)


def described(strategy: EventStrategy) -> str:
    """A strategy in a few words, for people: `one of: type com.example.paid`."""
    texts = [", ".join(f"{name} {spliced(value)}" for name, value in filter.with_.items()) for filter in filters_of(strategy)]
    match strategy:
        case OneEvent():
            return f"an event with {texts[0]}"
        case AllEvents():
            return f"all of: {'; '.join(texts)}"
        case AnyEvent():
            return f"any of: {'; '.join(texts)}" if texts else "any event"


def _data(event: Json) -> Json:
    if "data" in event or "data_base64" not in event:
        return event.get("data")
    kind = str(event.get("datacontenttype", "application/json")).partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        return event["data_base64"]
    try:
        found = json.loads(base64.b64decode(event["data_base64"], validate=True))
        size(found)
    except (TypeError, ValueError, RecursionError):
        # The sender's label is wrong (no text, no base64, no JSON, a number that is none); what was sent is still the data.
        return event["data_base64"]
    return event["data_base64"] if depth_exceeds(found, Limits().depth) else found


def _attribute(event: Json, name: str) -> Json:
    return _data(event) if name == "data" else event.get(name)


def _passes(place: Place, wanted: Json, value: Json, member: str) -> bool:
    if isinstance(wanted, str):
        return _passes_text(place, wanted, value, member)
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            name in value and _passes(place, item, value[name], f"{member}/{name}") for name, item in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(value, list)
            and len(value) == len(wanted)
            and all(_passes(place, item, other, f"{member}/{at}") for at, (item, other) in enumerate(zip(wanted, value, strict=True)))
        )
    return same(wanted, value)


def _passes_text(place: Place, wanted: str, value: Json, member: str) -> bool:
    if "${" in wanted:
        result = _quietly(place, wanted, value, member, filled=True)
        return result if isinstance(result, bool) else result is not None and same(result, value)
    if value is None or isinstance(value, dict | list):
        return False
    text = spliced(value)
    if text == wanted:
        return True
    if _PLAIN.fullmatch(wanted):
        return len(text) == len(wanted) and all(a == b or (a == "." and b != "\n") for a, b in zip(wanted, text, strict=True))
    place.run.spent += CHILD_COST
    return place.run.host.evaluator.matches(wanted, text, f"{place.address}:{member}")


def _quietly(place: Place, text: str, dot: Json, member: str, *, filled: bool = False) -> Json:
    """An expression's value, or null when it fails on this event: somebody else's event must not end the run."""
    try:
        return place.fill(text, dot, member) if filled else place.value(text, dot, member)
    except Fault as error:
        if error.problem.type != f"{PREFIX}expression":
            raise
        return None
