"""Operations of Swagger 2.0.

Spec: https://spec.openapis.org/oas/v2.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from activities.openapi import parts, schema
from activities.openapi.node import Node
from activities.openapi.operation import Body, Field, Media, Operation, Parameter, Style, Written

_STYLES: dict[str, Style] = {"ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited"}
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def operation(root: Node, path: str, item: Node, method: str, id: str) -> Operation:
    """The operation that stands under `method` of the path item."""
    described = item.object(method)
    declared = parts.declared(item, described)
    parameters = [_parameter(one) for one in declared if one.needed("in") not in {"body", "formData"}]
    parameters += parts.undeclared(path, parameters, (node for _, node in root.object("securityDefinitions").members()))
    return Operation(
        id=id,
        method=method.upper(),
        server=_server(root, described),
        path=path,
        parameters=tuple(parameters),
        body=_body(declared, _types(root, described, "consumes")),
        accepts=parts.accepted(_types(root, described, "produces")),
    )


def _types(root: Node, described: Node, name: str) -> list[str]:
    return described.texts(name) if name in described else root.texts(name)


def _server(root: Node, described: Node) -> str:
    """Scheme, host and base path; what the document leaves out is as the document itself was fetched."""
    own = urlsplit(root.source.uri)
    schemes = _types(root, described, "schemes") or [own.scheme]
    scheme = next((one for one in ("https", "http") if one in schemes), schemes[0])
    host = root.text("host") or own.netloc.rpartition("@")[2]
    return parts.absolute(f"{scheme}://{host}/{(root.text('basePath') or '').strip('/')}", root)


def _parameter(described: Node) -> Parameter:
    name, place = described.needed("name"), parts.place_of(described)
    return Parameter(
        name=name,
        place=place,
        required=parts.is_required(described, name, place),
        written=_written(described, "form" if place in {"query", "cookie"} else "simple"),
    )


def _written(described: Node, style: Style) -> Written:
    format = described.text("collectionFormat") or "csv"
    return Written(style=_STYLES.get(format, style), explode=format == "multi", array=schema.is_array(described))


def _body(declared: Iterable[Node], consumes: list[str]) -> Body | None:
    whole = next((one for one in declared if one.text("in") == "body"), None)
    if whole is not None:
        described = whole.object("schema")
        fields = parts.fields(described)
        media = [Media(type=one, fields=fields, text=schema.is_text(described, one)) for one in consumes or ["application/json"]]
        return Body(name=whole.needed("name"), required=whole.flag("required"), media=parts.ordered(media))
    form = {one.needed("name"): _field(one) for one in declared if one.text("in") == "formData"}
    if not form:
        return None
    types = [one for one in consumes if one in {_FORM, _MULTIPART}] or [_FORM]
    if any(field.binary for field in form.values()):
        types = [_MULTIPART]
    required = any(field.required for field in form.values())
    return Body(name="body", required=required, media=tuple(Media(type=one, fields=form) for one in types))


def _field(described: Node) -> Field:
    binary = described.text("type") == "file"
    return Field(
        required=described.flag("required"),
        written=_written(described, "form"),
        media="application/octet-stream" if binary else None,
        binary=binary,
    )
