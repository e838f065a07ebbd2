"""A task's `parameters` told apart: what goes where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from activities.openapi.operation import Body, Media, Operation, Parameter
from interpreter.faults import fault
from interpreter.values import Json


@dataclass(frozen=True, slots=True)
class Content:
    """A body in one of the forms it may have."""

    media: Media
    value: Json


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values of parameters, the body if there is one, and the media types that were asked for."""

    values: tuple[tuple[Parameter, Json], ...]
    content: Content | None
    content_type: str | None
    accept: str | None


def divide(operation: Operation, given: Mapping[str, Json]) -> Arguments:
    """Each of the given values in its place; null counts as not given.

    A parameter is called by its name, or by `place.name` (`query.id`), as it must be where several places have one of that name.
    The body is called as the document names it, else `body`; or its members are given beside the parameters. `Content-Type`
    and `Accept` choose among the forms that the document offers.

    A `configuration` fault for what the operation does not know, a `validation` fault for what it needs and was not given.
    """
    left = {name: value for name, value in given.items() if value is not None}
    values = _values(operation, left)
    content_type, accept = _taken(left, "content-type"), _taken(left, "accept")
    missing = _missing(operation, values)
    content = None
    if operation.body is not None:
        content, lacking = _content(operation, operation.body, content_type, left)
        missing += lacking
    if left:
        raise fault("configuration", _unknown(operation, list(left)), title="Unknown parameter")
    if missing:
        needs = f"the operation {operation.id!r} needs {', '.join(missing)}"
        raise fault("validation", f"{needs}: absent from the task's parameters, or null", title="Required parameter missing")
    return Arguments(tuple(values), content, content_type, accept)


def _values(operation: Operation, left: dict[str, Json]) -> list[tuple[Parameter, Json]]:
    """The parameters that were given, taken from what is left."""
    shared = {name for name, count in Counter(one.name for one in operation.parameters).items() if count > 1}
    ambiguous = sorted(shared & left.keys())
    if ambiguous:
        ways = " or ".join(_qualified(one) for one in operation.parameters if one.name == ambiguous[0])
        raise fault("configuration", f"the operation {operation.id!r} has several parameters {ambiguous[0]!r}; write {ways}")
    found = []
    for one in operation.parameters:
        name = next((name for name in (_qualified(one), one.name) if name in left), None)
        if name is not None:
            found.append((one, left.pop(name)))
    return found


def _qualified(parameter: Parameter) -> str:
    return f"{parameter.place}.{parameter.name}"


def _taken(left: dict[str, Json], header: str) -> str | None:
    """The value of a header that chooses among forms, taken from what is left."""
    for name, value in left.items():
        if name.lower() == header and isinstance(value, str):
            del left[name]
            return value
    return None


def _missing(operation: Operation, values: list[tuple[Parameter, Json]]) -> list[str]:
    given = [one for one, _ in values]
    return [one.shown for one in operation.parameters if one.required and one not in given]


def _content(operation: Operation, body: Body, content_type: str | None, left: dict[str, Json]) -> tuple[Content | None, list[str]]:
    """The body, taken from what is left, and what it lacks; one that is given member by member is an object of them."""
    media = _media(operation, body, content_type)
    if body.name in left:
        return Content(media, left.pop(body.name)), []
    members = {name: left.pop(name) for name in list(left) if name in media.fields}
    if not members and not body.required:
        return None, []
    lacking = [f"{name} (in the body)" for name, field in media.fields.items() if field.required and name not in members]
    return Content(media, members), lacking if members or lacking else [f"{body.name} (the body)"]


def _media(operation: Operation, body: Body, wanted: str | None) -> Media:
    """The form of the body that was asked for, else the first."""
    if not body.media:
        raise fault("configuration", f"the document gives no media type for the body of the operation {operation.id!r}")
    if wanted is None:
        return body.media[0]
    name = _bare(wanted)
    for one in body.media:
        offered = _bare(one.type)
        if offered in {name, "*/*"} or (offered.endswith("/*") and name.startswith(offered[:-1])):
            return Media(type=wanted, fields=one.fields, text=one.text)
    offers = ", ".join(one.type for one in body.media)
    raise fault("configuration", f"the body of the operation {operation.id!r} may be {offers}, not {wanted}")


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _unknown(operation: Operation, names: list[str]) -> str:
    known = [one.shown for one in operation.parameters]
    if operation.body is not None:
        known += [f"{operation.body.name} (the body)", *(f"{name} (in the body)" for name in operation.body.media[0].fields)]
    takes = f"it takes {', '.join(known)}" if known else "it takes none"
    return f"the operation {operation.id!r} has no parameter {' nor '.join(map(repr, names))}; {takes}"
