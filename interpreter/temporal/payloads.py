"""JSON on the wire as this product promises it: members keep their order, integers are exact, every number is finite."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import (
    AdvancedJSONEncoder,
    CompositePayloadConverter,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    JSONPlainPayloadConverter,
    value_to_type,
)

from interpreter.values import Json

JSON = "json/plain"
NULL = "binary/null"


class JsonPayloadConverter(JSONPlainPayloadConverter):
    """`json/plain` in the order of the members; the SDK's own converter sorts them and lets NaN and infinities pass."""

    def to_payload(self, value: Any) -> Payload:
        """JSON text of a value in UTF-8; `ValueError` for a number that is not finite."""
        try:
            data = _text(value, ascii=False).encode()
        except UnicodeEncodeError:
            # A lone surrogate has no UTF-8, but JSON can write it as an escape.
            data = _text(value, ascii=True).encode()
        return Payload(metadata={"encoding": JSON.encode()}, data=data)

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """The value of JSON text; `ValueError` for broken text, a number that is not finite, an integer of more than 4,300 digits."""
        value = json.loads(payload.data, parse_constant=_refused, parse_float=_finite)
        return value if type_hint is None else value_to_type(type_hint, value)


class PayloadConverter(CompositePayloadConverter):
    """The SDK's converters, with this product's JSON in the place of the SDK's."""

    def __init__(self) -> None:
        super().__init__(*map(_ours, DefaultPayloadConverter().converters.values()))


def read(raw: RawValue) -> Json:
    """The JSON value of a raw argument; `ValueError` says what it is when it is none (bytes, broken text, nested beyond all use)."""
    encoding = raw.payload.metadata.get("encoding", b"").decode("ascii", "replace")
    if encoding == NULL:
        return None
    if encoding != JSON:
        raise ValueError(f"expected JSON (a payload of encoding '{JSON}'), got one of encoding '{encoding}'")
    try:
        return JsonPayloadConverter().from_payload(raw.payload)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _ours(converter: EncodingPayloadConverter) -> EncodingPayloadConverter:
    return JsonPayloadConverter() if converter.encoding == JSON else converter


def _text(value: Any, *, ascii: bool) -> str:
    return json.dumps(value, cls=AdvancedJSONEncoder, ensure_ascii=ascii, allow_nan=False, separators=(",", ":"))


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is beyond the range of numbers")
    return number
