"""Schemas that come as text.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#schema
"""

from __future__ import annotations

import json
from functools import lru_cache

from interpreter.faults import fault
from interpreter.values import Json


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
