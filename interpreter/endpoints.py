"""Endpoints: URI templates, and the credentials that go with them.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#endpoint
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from interpreter.document.model import Endpoint, uri_at
from interpreter.faults import fault
from interpreter.languages import Expression
from interpreter.templates import DEFERRED, spliced
from interpreter.values import Json, kind_of
from interpreter.visit import Visit

_AUTHORITY = frozenset({"authority"})
_TEMPLATED = re.compile(r"\{([^{}]*)\}")


class Target(NamedTuple):
    """An endpoint as an activity gets it: `{uri, authentication?}`, what is deferred in it by pointer, and how summaries show it."""

    arguments: dict[str, Json]
    deferred: dict[str, Json]
    shown: str
    reads_secrets: bool


def target(visit: Visit, endpoint: Endpoint, member: str) -> Target:
    """The endpoint that stands at `member` of the task; see `uri_of` and `credentials`."""
    stands = visit.run.definition.raw_at(f"{visit.scope.pointer}/{member}")
    policy = stands.get("authentication") if isinstance(stands, dict) else None
    return located(visit, endpoint, policy, member)


def located(visit: Visit, endpoint: Endpoint, policy: Json, member: str) -> Target:
    """The same for an endpoint that need not stand below the task, with the authentication that is written at it."""
    text = uri_at(endpoint)
    uri, deferred = uri_of(visit, text, member)
    filled, inner, reads_secrets = credentials(visit, policy, f"{member}/authentication")
    left = under("/authentication", inner)
    if deferred is not None:
        left["/uri"] = deferred
    arguments = {"uri": uri} if filled is None else {"uri": uri, "authentication": filled}
    return Target(arguments, left, shown(text), reads_secrets)


def uri_of(visit: Visit, text: str, member: str) -> tuple[str, Json]:
    """The URI an endpoint's text gives, and what is deferred in it (None, or `{dot, variables}`).

    `{name}` is expanded in the document's own text only, from the top members of the transformed input; what an
    expression gives is taken as it is. A text that names `$secrets` keeps its expressions for the activity.
    """
    language = visit.place.language
    try:
        parts = language.split(text)
    except ValueError as error:
        raise fault("expression", str(error)) from None
    sources = [part.source for part in parts if isinstance(part, Expression)]
    if any(DEFERRED & language.names(source) for source in sources):
        expanded = "".join(language.marked(part.source) if isinstance(part, Expression) else expand(part, visit.input) for part in parts)
        return expanded, visit.place.needs(sources, visit.input)
    if language.whole(text) is not None:
        uri = visit.place.value(sources[0], visit.input, f"{member}/0")
        if not isinstance(uri, str):
            raise fault("expression", f"'{member}' must give a URI; its expression gives {kind_of(uri)}")
        return uri, None
    pieces = [
        spliced(visit.place.value(part.source, visit.input, f"{member}/{at}"))
        if isinstance(part, Expression)
        else expand(part, visit.input)
        for at, part in enumerate(parts)
    ]
    return "".join(pieces), None


def expand(template: str, values: Json) -> str:
    """A URI template's literal text with each `{name}` replaced by the percent-encoded member of that name; nothing where it is missing or null.

    Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#uri-template
    """

    def replaced(found: re.Match[str]) -> str:
        value = values.get(found[1]) if isinstance(values, dict) else None
        if value is None:
            return ""
        if isinstance(value, dict | list):
            raise fault(
                "expression", f"'{{{found[1]}}}' in a URI must be a text, a number or a boolean; the input has an {kind_of(value)} there"
            )
        return quote(spliced(value), safe="")

    return _TEMPLATED.sub(replaced, template)


def shown(text: str) -> str:
    """An endpoint as summaries show it: the document's text without query and without user information, never an expanded value."""
    bare = text.split("?", 1)[0]
    scheme, mark, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else bare


def credentials(visit: Visit, policy: Json, member: str) -> tuple[Json, dict[str, Json], bool]:
    """An authentication as the activity gets it: the policy filled in, what is deferred in it, and whether it reads a whole secret.

    An authority is a URI template, as an endpoint is. `{use: NAME}` is looked up in `use.authentications`; a `configuration` fault when it is not there. No policy gives None.
    """
    if policy is None:
        return None, {}, False
    if "use" in policy:
        policy = named_policy(visit, policy["use"])
    for scheme, properties in policy.items():
        if isinstance(properties, dict) and "authority" in properties:
            uri, needs = uri_of(visit, properties["authority"], f"{member}/{scheme}/authority")
            rest, left = visit.place.fill_deferring(properties, visit.input, f"{member}/{scheme}", without=_AUTHORITY)
            there = left if needs is None else {"/authority": needs, **left}
            return {scheme: {"authority": uri, **rest}}, under(f"/{scheme}", there), False
    filled, deferred = visit.place.fill_deferring(policy, visit.input, member)
    return filled, deferred, any(isinstance(scheme, dict) and "use" in scheme for scheme in policy.values())


def under(pointer: str, deferred: Mapping[str, Json]) -> dict[str, Json]:
    """What is deferred in a part of an effect's arguments, by its place in the whole of them."""
    return {f"{pointer}{place}": needs for place, needs in deferred.items()}


def named_policy(visit: Visit, name: str) -> Json:
    """The authentication of that name in `use.authentications`, as it stands in the document."""
    use = visit.run.definition.raw.get("use") or {}
    policy = (use.get("authentications") or {}).get(name)
    if policy is None:
        raise fault("configuration", f"'use.authentications' has no '{name}'")
    return policy
