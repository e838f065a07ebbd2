"""What survives of a run: one plain JSON object, changed in place by a pass and carried whole by continue-as-new.

    {v, run: {id, seed, started}, input, context, root, inbox, held, results, n, seq, alarm, resources, known, dropped, weight, pace,
     children, suspended}

`root` is the frame of the workflow; every frame belongs to one task in progress and is deleted by its parent in the same
step in which the parent records the outcome, so the size of a state follows the live depth and never the history.
Values inside a state are shared freely and never changed: only frames and the members named here are.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TypeAlias

from interpreter.defaults import STATE_VERSION, Limits
from interpreter.values import Json, depth_exceeds, digest, encode, join, lookup, size, split

State: TypeAlias = dict[str, Json]

KNOWN_EVENTS = 1_000
"""How many event identities are remembered to drop repetitions."""

SHARED_BYTES = 200
"""Values of at least this size are written once by a capture."""

REQUIRED_ATTRIBUTES = ("id", "source", "type")


def fresh(input: Json, *, id: str, seed: str, now: int) -> State:
    """The state of a run that has not taken its first step."""
    return {
        "v": STATE_VERSION,
        "run": {"id": id, "seed": seed, "started": now},
        "input": input,
        "context": {},
        "root": {},
        "inbox": [],
        "held": 0,
        "results": {},
        "n": 0,
        "seq": 0,
        "alarm": None,
        "resources": {},
        "known": {},
        "dropped": 0,
        "weight": 0,
        "pace": None,
        "children": {},
        "suspended": False,
    }


def deliver(state: State, effect_id: str, answer: Json) -> None:
    """Put the answer to an effect into the mailbox: `{value}` or `{fault}`, with `attempts` where the activity retried, `cached` and `trouble` where it asked the result cache.

    A fault may be `exhausted` or `final`: see `faults.Fault`.
    """
    state["results"][effect_id] = answer


def receive(state: State, event: Json, limits: Limits) -> None:
    """Append a CloudEvent (structured JSON form) to the inbox.

    What is no CloudEvent is only counted in `dropped`; so is the oldest event when the inbox is full. A repetition (same `source` and `id`) vanishes.
    """
    weight = _weight(event, limits)
    if weight is None:
        state["dropped"] += 1
        return
    identity = digest(encode([event["source"], event["id"]]))[:32]
    known: dict[str, None] = state["known"]
    if identity in known:
        return
    known[identity] = None
    if len(known) > KNOWN_EVENTS:
        del known[next(iter(known))]
    state["seq"] += 1
    inbox: list[Json] = state["inbox"]
    inbox.append({"seq": state["seq"], "size": weight, "event": event})
    state["held"] += weight
    while len(inbox) > limits.inbox_events or state["held"] > limits.inbox_bytes:
        consume(state, inbox[0])
        state["dropped"] += 1


def consume(state: State, entry: Json) -> None:
    """Take an entry out of the inbox."""
    state["inbox"].remove(entry)
    state["held"] -= entry["size"]


def _weight(event: Json, limits: Limits) -> int | None:
    """The bytes of an event; None for what is none, or cannot be kept."""
    if not is_event(event) or depth_exceeds(event, limits.depth):
        return None
    try:
        weight = size(event)
    except ValueError:  # a number that is not finite, or of more digits than are read
        return None
    return weight if weight <= limits.inbox_bytes else None


def is_event(event: Json) -> bool:
    """Whether a value has what every CloudEvent needs: `id`, `source` and `type`, as texts that are not empty."""
    return isinstance(event, dict) and all(isinstance(event.get(name), str) and event[name] for name in REQUIRED_ATTRIBUTES)


def capture(state: State) -> Json:
    """The state as JSON for continue-as-new: `{v, state, same}`.

    A value of some size that stands in several places is written at the first; elsewhere stands null, and `same` lists
    `[place, first place]` (JSON pointers into `state`) in the order in which they are to be filled.
    """
    thinning = _Thinning()
    thinned = thinning.of(state, "")
    return {"v": STATE_VERSION, "state": thinned, "same": thinning.same}


# Kinds are compared by type: JSON has no subclasses, and a state may have a million parts.
_CONTAINERS = frozenset({dict, list})
_PLAIN = frozenset({int, float, bool, type(None)})


class _Thinning:
    """Leaves out what has been written before. Takes time in proportion to the state, however deep its frames are."""

    def __init__(self) -> None:
        self.same: list[list[str]] = []
        self._first: dict[str, str] = {}
        self._known: dict[int, tuple[str, int]] = {}

    def of(self, value: Json, pointer: str) -> Json:
        """The value, or null where an equal one has been written; what is only read is not copied."""
        print_, length = self._print(value)
        if length < SHARED_BYTES:
            return value
        if print_ in self._first:
            self.same.append([pointer, self._first[print_]])
            return None
        self._first[print_] = pointer
        if type(value) is str or (type(value) is list and _PLAIN.issuperset(map(type, value))):
            return value
        thinned: Json = value.copy()
        for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
            if _may_be_long(item):
                thinned[key] = self.of(item, join(pointer, key))
        return thinned

    def _print(self, value: Json) -> tuple[str, int]:
        """What tells a value from every other one (its text while that is short), and how long its text is."""
        if type(value) not in _CONTAINERS:
            return _print_of(encode(value))
        if id(value) in self._known:
            return self._known[id(value)]
        items = value.values() if type(value) is dict else value
        if _CONTAINERS.isdisjoint(map(type, items)):
            found = _print_of(encode(value))
        else:
            prints = list(map(self._print, items))  # no comprehension: it would take a second stack frame for each level
            found = _print_of_parts(value, prints)
        self._known[id(value)] = found
        return found


def _print_of_parts(value: dict[str, Json] | list[Json], prints: list[tuple[str, int]]) -> tuple[str, int]:
    length = 1 + len(prints) + sum(length for _, length in prints)
    if isinstance(value, list):
        return _print_of(f"[{','.join(print_ for print_, _ in prints)}]", length)
    names = [f"{encode(name)}:" for name in value]
    members = ",".join(name + print_ for name, (print_, _) in zip(names, prints, strict=True))
    return _print_of(f"{{{members}}}", length + sum(map(len, names)))


def _may_be_long(value: Json) -> bool:
    kind = type(value)
    return kind in _CONTAINERS or (kind is str and len(value) * 6 >= SHARED_BYTES - 2)  # at most: `\u0000`


def _print_of(text: str, length: int | None = None) -> tuple[str, int]:
    length = len(text) if length is None else length
    return (text if length < SHARED_BYTES else f"#{length}:{digest(text)}"), length


def restore(raw: Json) -> State:
    """A state from what `capture` gave; `ValueError` for a version this engine does not know."""
    if not isinstance(raw, dict) or raw.get("v") != STATE_VERSION:
        found = raw.get("v") if isinstance(raw, dict) else raw
        raise ValueError(f"a captured state of version {found!r} cannot be read here; this engine reads version {STATE_VERSION}")
    state: State = raw["state"]
    for place, origin in raw["same"]:
        *way, last = split(place)
        parent = lookup(state, join("", *way))
        # A copy: two equal frames are still two frames, and frames are written to.
        parent[int(last) if isinstance(parent, list) else last] = deepcopy(lookup(state, origin))
    return state
