"""Operations of OpenAPI 3.0 and 3.1.

Spec: https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from activities.http.content import is_json
from activities.openapi import parts, schema
from activities.openapi.node import Node
from activities.openapi.operation import Body, Field, Media, Operation, Parameter, Place, Style, Written

_STYLES: dict[Place, tuple[Style, ...]] = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""The styles that each place knows, its default first."""

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_BODY_NAMES = ("x-bodyName", "x-codegen-request-body-name")


def operation(root: Node, path: str, item: Node, method: str, id: str) -> Operation:
    """The operation that stands under `method` of the path item."""
    described = item.object(method)
    parameters = [_parameter(one) for one in parts.declared(item, described)]
    keys = (node for _, node in root.object("components").object("securitySchemes").members())
    parameters += parts.undeclared(path, parameters, keys)
    return Operation(
        id=id,
        method=method.upper(),
        server=_server(root, item, described),
        path=path,
        parameters=tuple(parameters),
        body=_body(described.object("requestBody")) if "requestBody" in described else None,
        accepts=parts.accepted(_answers(described.object("responses"))),
    )


def _server(root: Node, item: Node, described: Node) -> str:
    """The first server of the operation, of its path, or of the document."""
    for level in (described, item, root):
        for server in level.objects("servers"):
            return parts.absolute(_filled(server), root)
    return parts.absolute("/", root)


def _filled(server: Node) -> str:
    variables = server.object("variables")

    def default(found: re.Match[str]) -> str:
        return variables.object(found[1]).needed("default")

    return _VARIABLE.sub(default, server.needed("url"))


def _parameter(described: Node) -> Parameter:
    name, place = described.needed("name"), parts.place_of(described)
    return Parameter(
        name=name,
        place=place,
        required=parts.is_required(described, name, place),
        written=_written(described, described.object("schema"), place),
    )


def _written(described: Node, wanted: Node, place: Place) -> Written:
    known = _STYLES[place]
    for media in described.object("content").value:
        return Written(style=known[0], explode=False, json=is_json(media))
    named = described.text("style") or known[0]
    style = next((one for one in known if one == named), None)
    if style is None:
        raise described.fault(f"{described.pointer}/style: in {place} there is {', '.join(known)}, not {named!r}")
    return Written(
        style=style,
        explode=described.flag("explode", default=style == "form"),
        reserved=place == "query" and described.flag("allowReserved"),
        array=schema.is_array(wanted),
    )


def _body(described: Node) -> Body:
    name = next((found for one in _BODY_NAMES if (found := described.text(one))), "body")
    media = [_media(type, node) for type, node in described.object("content").members()]
    return Body(name=name, required=described.flag("required"), media=parts.ordered(media))


def _media(type: str, described: Node) -> Media:
    wanted, encodings = described.object("schema"), described.object("encoding")
    fields = {name: _encoded(field, encodings, name) for name, field in parts.fields(wanted).items()}
    return Media(type=type, fields=fields, text=schema.is_text(wanted, type))


def _encoded(field: Field, encodings: Node, name: str) -> Field:
    """A member of a form as its encoding says."""
    if name not in encodings:
        return field
    encoding = encodings.object(name)
    if {"style", "explode", "allowReserved"} & encoding.value.keys():
        field = replace(field, written=replace(_written(encoding, Node(encoding.source, {}), "query"), array=field.written.array))
    types = [one.strip() for one in (encoding.text("contentType") or "").split(",") if one.strip() and "*" not in one]
    if not types:
        return field
    return replace(field, media=types[0], written=replace(field.written, json=is_json(types[0])))


def _answers(responses: Node) -> Iterator[str]:
    for status, response in responses.members():
        if status[:1] == "2" or status == "default":
            yield from response.object("content").value
