"""What this version cannot run yet. The one list of it: a feature that works is taken off here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.defaults import ASYNCAPI_PROTOCOLS, SCRIPT_LANGUAGES
from interpreter.document.findings import Problem
from interpreter.document.model import (
    AsyncApiArguments,
    ExternalSchema,
    InlineSchema,
    OidcProperties,
    Script,
)
from interpreter.document.rules.source import Source
from interpreter.values import join


def unsupported(source: Source) -> Iterator[Problem]:
    """A document may use the whole language; what cannot run is named before anything runs."""
    for pointer, node in source.nodes:
        if isinstance(node, AsyncApiArguments) and node.protocol not in {None, *ASYNCAPI_PROTOCOLS}:
            yield _problem(join(pointer, "protocol"), f"call: asyncapi by '{node.protocol}'")
        elif isinstance(node, OidcProperties) and node.grant == "authorization_code":
            yield _problem(join(pointer, "grant"), "the grant 'authorization_code', for which somebody has to sign in,")
        elif isinstance(node, InlineSchema | ExternalSchema) and node.format.partition(":")[0] != "json":
            yield _problem(join(pointer, "format"), f"the schema format '{node.format}'")
        elif isinstance(node, Script) and node.language not in SCRIPT_LANGUAGES:
            yield _problem(join(pointer, "language"), f"the script language '{node.language}'")
    if source.document.evaluate and source.language is None:
        yield _problem("/evaluate/language", f"the expression language '{source.document.evaluate.language}'")


def _problem(pointer: str, feature: str) -> Problem:
    return Problem(code="unsupported", pointer=pointer, message=f"{feature} cannot run yet", at="key", severity="warning")
