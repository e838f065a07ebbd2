"""What goes to a child and what comes back, whatever the language: data as JSON, and faults that name their expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from interpreter.evaluation.runner import excerpt
from interpreter.faults import Fault, fault
from interpreter.languages import Language
from interpreter.values import Json, encode

_SHOWN = 500


def named(language: Language, expressions: tuple[str, ...], variables: Mapping[str, Json]) -> dict[str, Json]:
    """The variables that expressions mention; of `$context` only the members that they read."""
    mentioned, read = _mentioned(language, expressions)
    given = {name: variables[name] for name in mentioned if name in variables}
    context = given.get("context")
    if read is not None and type(context) is dict:
        given["context"] = {name: context[name] for name in read if name in context}
    return given


@lru_cache(4096)
def _mentioned(language: Language, expressions: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The variables, and the members of `$context` (None: the whole)."""
    names = frozenset[str]().union(*(language.names(expression) for expression in expressions))
    read: set[str] = set()
    for expression in expressions:
        part = language.fields("context", expression)
        if part is None:
            return tuple(sorted(names)), None
        read |= part
    return tuple(sorted(names)), tuple(sorted(read))


def encoded(values: list[Json], expressions: Sequence[str], language: str) -> bytes:
    """The values as the end of a JSON array whose beginning comes before them; an `expression` fault for what is no JSON."""
    try:
        return encode(values)[1:].encode()
    except (ValueError, RecursionError) as error:
        raise expression_fault(expressions[0], f"the data cannot be given to {language}: {why(error)}") from None


def why(error: Exception) -> str:
    """Why a value is no JSON, or too much of it."""
    if isinstance(error, UnicodeEncodeError):
        return "a text holds half of a surrogate pair"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if "digits" in str(error):
        return "a number has more than 4,300 digits"
    return str(error)


def told(message: str) -> str:
    """An engine's message, as much of it as is shown."""
    return message.split("\n", 1)[0][:_SHOWN]


def expression_fault(expression: str, said: str) -> Fault:
    """An `expression` fault of one expression."""
    return fault("expression", f"`{excerpt(expression)}`: {said}")
