"""Values as text, in the styles of OpenAPI.

Spec: https://spec.openapis.org/oas/v3.1.1.html#style-values
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import quote

from activities.openapi.operation import Written
from interpreter.faults import fault
from interpreter.values import Json, encode, kind_of

Pair: TypeAlias = tuple[str, str]
"""A name and a value as they go out, encoded."""

_RESERVED = ":/?#[]@!$&'()*+,;="
_NOT_IN_QUERY = "#[]&=+"
"""Reserved characters that would not reach their reader, even where the document lets them stand."""
_KEPT = "".join(sorted(set(_RESERVED) - set(_NOT_IN_QUERY)))

_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}


def in_path(name: str, value: Json, written: Written) -> str:
    """The text that takes the place of `{name}`."""
    flat = _flat(name, value, written, _encoder(written))
    match written.style:
        case "matrix" if isinstance(flat, str):
            return f";{_encode(name)}={flat}" if flat else f";{_encode(name)}"
        case "matrix":
            pairs = _pairs(name, flat) if written.explode else [(_encode(name), ",".join(_alternating(flat)))]
            return "".join(f";{key}={item}" for key, item in pairs)
        case "label":
            return "." + _joined(flat, "." if written.explode else ",", explode=written.explode)
        case style:
            return _joined(flat, _DELIMITERS.get(style, ","), explode=written.explode)


def in_query(name: str, value: Json, written: Written) -> list[Pair]:
    """The pairs of a query, of a form or of cookies that a value becomes; an empty array or object becomes none."""
    encoder = _encoder(written)
    if written.style == "deepObject" and isinstance(value, dict) and not written.json:
        return [(key, encoder(_scalar(name, item))) for key, item in _deep(_encode(name), value)]
    flat = _flat(name, value, written, encoder)
    if isinstance(flat, str):
        return [(_encode(name), flat)]
    if written.explode:
        return list(_pairs(name, flat))
    return [(_encode(name), _DELIMITERS.get(written.style, ",").join(_alternating(flat)))] if flat else []


def in_header(name: str, value: Json, written: Written) -> str:
    """The value of a header; nothing is encoded in it."""
    return _joined(_flat(name, value, written, str), ",", explode=written.explode)


_Flat: TypeAlias = str | list[str] | dict[str, str]


def _flat(name: str, value: Json, written: Written, encoder: Callable[[str], str]) -> _Flat:
    if written.array and not isinstance(value, list | dict):
        value = [value]
    if written.json:
        return encoder(encode(value))
    if isinstance(value, list):
        return [encoder(_scalar(name, item)) for item in value if item is not None]
    if isinstance(value, dict):
        return {encoder(key): encoder(_scalar(name, item)) for key, item in value.items() if item is not None}
    return encoder(_scalar(name, value))


def _joined(flat: _Flat, delimiter: str, *, explode: bool) -> str:
    if isinstance(flat, str):
        return flat
    if isinstance(flat, dict) and explode:
        return delimiter.join(f"{key}={item}" for key, item in flat.items())
    return delimiter.join(_alternating(flat))


def _alternating(flat: _Flat) -> Iterator[str]:
    match flat:
        case dict():
            for pair in flat.items():
                yield from pair
        case str():
            yield flat
        case _:
            yield from flat


def _pairs(name: str, flat: _Flat) -> Iterator[Pair]:
    if isinstance(flat, dict):
        yield from flat.items()
    else:
        yield from ((_encode(name), item) for item in flat)


def _deep(key: str, value: Json) -> Iterator[tuple[str, Json]]:
    """`name[member][member]=…`, as deep as the value goes; an array repeats its name."""
    if isinstance(value, dict):
        for member, item in value.items():
            yield from _deep(f"{key}%5B{_encode(member)}%5D", item)
    elif isinstance(value, list):
        for item in value:
            yield key, item
    elif value is not None:
        yield key, value


def _scalar(name: str, value: Json) -> str:
    if isinstance(value, dict | list):
        raise fault("validation", f"the parameter {name!r} is nested deeper than its style can say: it holds an {kind_of(value)}")
    return value if isinstance(value, str) else encode(value)


def _encoder(written: Written) -> Callable[[str], str]:
    return _encode_little if written.reserved else _encode


def _encode(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")


def _encode_little(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe=_KEPT)
