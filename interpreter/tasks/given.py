"""The arguments of the default catalog's functions."""

from __future__ import annotations

from interpreter.document.catalogs import BUILT_IN
from interpreter.document.model import FunctionCall
from interpreter.faults import fault
from interpreter.values import Json, kind_of
from interpreter.visit import Visit


def given(task: FunctionCall, visit: Visit, without: frozenset[str] = frozenset()) -> dict[str, Json]:
    """The evaluated `with`, or the call's input where there is none; members in `without` are left as they are written.

    A `validation` fault for a member that is missing, or that the function does not know.
    """
    found = visit.input if task.with_ is None else visit.place.fill(task.with_, visit.input, "with", without=without)
    if task.with_ is not None and isinstance(found, dict):
        found = {**found, **{member: task.with_[member] for member in without if member in task.with_}}
    return _known(task, found)


def given_deferring(task: FunctionCall, visit: Visit) -> tuple[dict[str, Json], dict[str, Json]]:
    """The same, where `$secrets` may be named: the arguments, and by pointer what is left in them for the activity (`Place.fill_deferring`)."""
    if task.with_ is None:
        return _known(task, visit.input), {}
    found, deferred = visit.place.fill_deferring(task.with_, visit.input, "with")
    return _known(task, found), deferred


def _known(task: FunctionCall, found: Json) -> dict[str, Json]:
    name = task.call.partition("@")[0]
    known = BUILT_IN[name]
    if not isinstance(found, dict):
        raise fault("validation", f"the function '{name}' takes an object of arguments, found {kind_of(found)}")
    for member in known.required:
        if member not in found:
            raise fault("validation", f"the function '{name}' needs the argument '{member}'")
    for member in found:
        if member not in (*known.required, *known.optional):
            raise fault(
                "validation", f"the function '{name}' knows no argument '{member}'; it takes {', '.join(known.required + known.optional)}"
            )
    return found


def text(arguments: dict[str, Json], member: str) -> str | None:
    """An argument that is a text and not empty; None where it is absent."""
    found = arguments.get(member)
    if found is not None and (not isinstance(found, str) or not found):
        raise fault("validation", f"'{member}' must be a text that is not empty, found {kind_of(found)}")
    return found


def whole_number(arguments: dict[str, Json], member: str, default: int) -> int:
    """An argument that is a whole number from 1."""
    found = arguments.get(member, default)
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise fault("validation", f"'{member}' must be a whole number from 1")
    return found
