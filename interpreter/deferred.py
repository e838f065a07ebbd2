"""Expressions left for the activity, because they read what a history must never hold: `$secrets` and `$authorization`.

In an activity's arguments such a text stands in `with` as the document has it, and `deferred` says where and what else it may see:

    {"with": {"headers": {"X-Key": "${ $secrets.api.key }"}}, "deferred": {"/headers/X-Key": {"dot": …, "variables": {…}}}}

The member `language` says which one the expressions are written in; jq where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from interpreter.faults import Fault, fault
from interpreter.languages import LANGUAGES, Language
from interpreter.templates import plan
from interpreter.values import Json, lookup, split

Evaluate = Callable[[Sequence[str], Json, Mapping[str, Json]], list[Json]]
"""Results of bare expressions on a dot, with variables named without `$`; raises a fault."""


def secrets_named(arguments: Json, declared: Iterable[str]) -> set[str]:
    """The secrets that the deferred texts read; all that are declared where one of them looks at `$secrets` as a whole."""
    named: set[str] = set()
    language = language_of(arguments)
    for pointer, _ in _deferred(arguments):
        for source in plan(lookup(arguments["with"], pointer), language, deferrable=False).sources:
            found = language.fields("secrets", source)
            named.update(declared if found is None else found)
    return named


def resolve(
    arguments: Json,
    evaluate: Evaluate,
    secrets: Mapping[str, Json],
    authorization: Json | None = None,
) -> Json:
    """The `with` of an activity's arguments with every deferred text evaluated; the arguments stay as they are.

    One `${ … }` that is the whole text keeps its result's type, others are spliced into the text. Only the secrets an
    expression names are read, all of them where it looks at `$secrets` as a whole; `secrets` raises a fault
    (`authorization`) for one it does not give. Any other failure is an `expression` fault that quotes neither jq nor a value.
    """
    value, language = arguments["with"], language_of(arguments)
    for pointer, seen in _deferred(arguments):
        template = plan(lookup(arguments["with"], pointer), language, deferrable=False)
        own = {"secrets": _read(template.sources, language, secrets), "authorization": authorization}
        try:
            results = evaluate(template.sources, seen.get("dot"), seen["variables"] | own)
        except Fault:
            raise fault("expression", f"the expression at {pointer or '/'} failed; why is not told, since it reads secrets") from None
        value = _replaced(value, split(pointer), template.build(iter(results)))
    return value


def masked(arguments: Json, placeholder: str) -> Json:
    """The `with` of an activity's arguments as it may be shown: in every deferred text the placeholder stands for each expression."""
    value, language = arguments["with"], language_of(arguments)
    for pointer, _ in _deferred(arguments):
        parts = language.split(lookup(arguments["with"], pointer))
        text = "".join(piece if isinstance(piece, str) else placeholder for piece in parts)
        value = _replaced(value, split(pointer), text)
    return value


def part(arguments: Json, pointer: str) -> Json:
    """The arguments of one place in `with` alone, as if it were all there is (null where there is nothing); for what has to be known before the rest."""
    below = {p[len(pointer) :]: seen for p, seen in _deferred(arguments) if _within(p, pointer)}
    return {**_language(arguments), "with": _found(arguments["with"], split(pointer)), "deferred": below}


def rest(arguments: Json, pointer: str) -> Json:
    """The arguments without one place in `with`."""
    *way, last = split(pointer)
    holder = _found(arguments["with"], way)
    if not isinstance(holder, dict) or last not in holder:
        return arguments
    remaining = {name: value for name, value in holder.items() if name != last}
    return {
        **arguments,
        "with": _replaced(arguments["with"], way, remaining),
        "deferred": {p: seen for p, seen in _deferred(arguments) if not _within(p, pointer)},
    }


def language_of(arguments: Json) -> Language:
    """The language that an activity's deferred expressions are written in."""
    return LANGUAGES[arguments.get("language", "jq")]


def _language(arguments: Json) -> dict[str, Json]:
    return {"language": arguments["language"]} if "language" in arguments else {}


def _within(place: str, pointer: str) -> bool:
    return place == pointer or place.startswith(f"{pointer}/")


def _found(value: Json, way: Sequence[str]) -> Json:
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _deferred(arguments: Json) -> Iterable[tuple[str, Json]]:
    return (arguments.get("deferred") or {}).items()


def _read(sources: Sequence[str], language: Language, secrets: Mapping[str, Json]) -> dict[str, Json]:
    """The secrets that expressions read, and no others."""
    named: set[str] = set()
    for source in sources:
        found = language.fields("secrets", source)
        if found is None:
            return dict(secrets)
        named |= found
    return {name: secrets[name] for name in sorted(named)}


def _replaced(value: Json, parts: list[str], new: Json) -> Json:
    """A value with another one at a place in it; shares what did not change."""
    if not parts:
        return new
    if isinstance(value, list):
        at = int(parts[0])
        return [*value[:at], _replaced(value[at], parts[1:], new), *value[at + 1 :]]
    return {**value, parts[0]: _replaced(value[parts[0]], parts[1:], new)}
