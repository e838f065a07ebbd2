"""Holding data against the schemas of a document, which stand in it or elsewhere.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schema
"""

from __future__ import annotations

import json
from functools import lru_cache

from interpreter.dataflow import check
from interpreter.document.model import ExternalSchema, Schema
from interpreter.faults import fault
from interpreter.resources import text_of
from interpreter.values import Json
from interpreter.visit import Visit


def hold(visit: Visit, schema: Schema | None, value: Json, what: str, way: str, nth: str = "") -> None:
    """A `validation` fault unless a value is as the schema at `way` below the task says; blocks while an external one is being fetched.

    `nth` tells evaluations at one place apart. A `configuration` fault for a schema in another language than JSON Schema.
    """
    if schema is None:
        return
    if not supported(schema.format):
        raise fault("configuration", f"'{way}' has the format '{schema.format}', which is not supported; 'json' is")
    document = parse_schema(text_of(visit, schema.resource, f"{way}/resource")) if isinstance(schema, ExternalSchema) else schema.document
    check(visit.place, document, value, f"{what} of '{visit.name}'", way + nth)


@lru_cache(maxsize=256)
def parse_schema(text: str) -> Json:
    """A JSON Schema from its JSON text; a `configuration` fault when it is none."""
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise fault("configuration", f"the schema is not JSON: {error}") from None
    if not isinstance(schema, dict | bool):
        raise fault("configuration", "the schema is neither an object nor a boolean")
    return schema


def supported(format: str) -> bool:
    """Whether a schema's `format` (`json`, or `json:VERSION`) is one this engine checks."""
    return format.partition(":")[0].lower() == "json"
