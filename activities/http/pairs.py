"""Objects as names with texts: for headers, queries and forms."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.faults import fault
from interpreter.values import Json, encode, kind_of


def pairs(members: Json, what: str) -> Iterator[tuple[str, str]]:
    """Texts stay, numbers and booleans become text, null is left out, a list repeats the name.

    An `expression` fault, which quotes names only, for anything deeper.
    """
    if members is None:
        return
    if not isinstance(members, dict):
        raise fault("expression", f"{what!r} must give an object, not {kind_of(members)}")
    for name, value in members.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict | list):
                raise fault(
                    "expression",
                    f"{name!r} in {what!r} must be a text, a number, a boolean or a list of these; it holds an {kind_of(item)}",
                )
            if item is not None:
                yield name, item if isinstance(item, str) else encode(item)
