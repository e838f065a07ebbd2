"""The hint `metadata.swtemporal.cache` of a task: `{ttl, scope?, key?}`, a result that is kept for later runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from interpreter.document.model.hints import SCOPES, CacheHint
from interpreter.document.shapes import members
from interpreter.document.spelling import nearest
from interpreter.document.wording import quoted
from interpreter.durations import length_of
from interpreter.faults import Fault
from interpreter.values import Json, encode, kind_of

HINT = "cache"


class Mistake(NamedTuple):
    """What is wrong with the hint, at a member of it or (`None`) as a whole; `at` says whether the member's name or its value is meant."""

    member: str | None
    code: str
    message: str
    at: Literal["key", "value"] = "value"
    nearest: str | None = None


def mistakes(hint: Json) -> Iterator[Mistake]:
    """Everything that is wrong with a hint as it is written; a time that is computed is looked at when it is."""
    if not isinstance(hint, dict):
        yield Mistake(None, "wrong-type", f"'{HINT}' is an object such as {{ttl: PT1H}}, found {kind_of(hint)}")
        return
    known = members(CacheHint)
    for member in hint:
        if member not in known:
            near = nearest(member, known)
            cure = f"did you mean '{near}'?" if near else f"it takes {quoted(list(known))}"
            yield Mistake(member, "unknown-member", f"'{HINT}' knows no '{member}'; {cure}", "key", near)
    if "ttl" not in hint:
        yield Mistake(None, "missing", f"'{HINT}' needs 'ttl', how long a result may be used again, such as PT1H", "key")
    else:
        yield from _of_ttl(hint["ttl"])
    yield from _of_scope(hint)


def lasting(length: int) -> str | None:
    """What is wrong with a length of time in milliseconds for which a result is to be used again."""
    return None if length > 0 else "'ttl' must be longer than nothing; leave the hint out where nothing is to be kept"


def _of_ttl(ttl: Json) -> Iterator[Mistake]:
    if isinstance(ttl, str) and "${" in ttl:
        return
    try:
        wrong = lasting(length_of(ttl, "ttl"))
    except Fault as error:
        wrong = error.problem.detail
    if wrong is not None:
        yield Mistake("ttl", "bad-duration", wrong)


def _of_scope(hint: dict[str, Json]) -> Iterator[Mistake]:
    scope = hint.get("scope", SCOPES[0])
    if scope not in SCOPES:
        found = f"'{scope}'" if isinstance(scope, str) else encode(scope)
        near = nearest(scope, SCOPES) if isinstance(scope, str) else None
        yield Mistake("scope", "unknown-value", f"'scope' is one of {quoted(SCOPES)}, found {found}", nearest=near)
    elif scope != SCOPES[0] and "key" in hint:
        message = f"a 'key' of one's own holds within one document, so there is nothing to share by 'scope: {scope}'; leave one of them out"
        yield Mistake("scope", "misplaced", message, "key")
