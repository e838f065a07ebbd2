"""From a JSON value to the model, or to everything that is wrong with its structure.

Pydantic's errors are never shown: each is looked up in document and types, and told in the DSL's words. A misspelt member is put
right in a copy that is then read again, so that faults behind it are told in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from interpreter.document.adapter import adapter
from interpreter.document.findings import Problem
from interpreter.document.foreign import advice
from interpreter.document.model import Document
from interpreter.document.shapes import members
from interpreter.document.slips import Slip, slips
from interpreter.document.spots import Spot, spot_of
from interpreter.document.told import Told
from interpreter.document.translation import translate
from interpreter.document.unknown import slip_of
from interpreter.document.wording import Path
from interpreter.values import Json, join


class Structure(NamedTuple):
    """The document, or None where an error stands among the problems."""

    document: Document | None
    problems: list[Problem]


def read_structure(raw: Json) -> Structure:
    """The document in a JSON value, and what is wrong with its structure."""
    written: dict[Path, str] = {}
    told: list[Told] = []
    document, spots = _read(raw)
    while found := slips(spots, raw):
        for slip in found:
            told.append(slip.told)
            written[(*slip.path[:-1], slip.word)] = str(slip.path[-1])
            raw = _renamed(raw, slip)
        document, spots = _read(raw)
    told += translate(spots)
    problems = [_problem(one, written) for one in told]
    return Structure(None if problems else document, problems + list(_unknown_at_root(raw)))


def _read(raw: Json) -> tuple[Document | None, list[tuple[Spot, Any]]]:
    """The document, or the errors of Pydantic, each with its place."""
    from pydantic import ValidationError  # noqa: PLC0415  # see `adapter`

    try:
        return adapter().validate_python(raw), []
    except ValidationError as error:
        return None, [(spot_of(one["loc"], raw), one) for one in error.errors(include_url=False, include_input=False)]


def _problem(told: Told, written: dict[Path, str]) -> Problem:
    """A told fault as a problem of the document as it was written, before members were put right."""
    parts = [written.get(told.path[: end + 1], part) for end, part in enumerate(told.path)]
    return Problem(
        code=told.code,
        pointer=join("", *parts),
        message=told.message,
        at=told.at,
        expected=told.expected,
        nearest=told.nearest,
    )


def _renamed(raw: Json, slip: Slip) -> Json:
    """A copy in which a member has the name that was meant; everything beside its path is shared."""
    first, *rest = slip.path
    if isinstance(raw, list):
        return [_renamed(item, slip._replace(path=tuple(rest))) if index == first else item for index, item in enumerate(raw)]
    if rest:
        return {key: _renamed(item, slip._replace(path=tuple(rest))) if key == first else item for key, item in raw.items()}
    return {slip.word if key == first else key: item for key, item in raw.items()}


def _unknown_at_root(raw: Json) -> Iterator[Problem]:
    """The root is open: a member that is a slip of no other is only warned about."""
    for key in raw if isinstance(raw, dict) else ():
        known = members(Document)
        if key not in known and slip_of(key, [name for name in known if name not in raw]) is None:
            found = advice(str(key), Document)
            hint = found.text if found else f"known here: {', '.join(known)}"
            message = f"'{key}' is not known in the document, and nothing is done with it; {hint}"
            yield Problem(code="unknown-member", pointer=join("", key), message=message, at="key", severity="warning")
