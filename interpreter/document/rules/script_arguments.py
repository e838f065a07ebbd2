"""Arguments of scripts."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import Script
from interpreter.document.rules.source import Source
from interpreter.values import join


def script_arguments(source: Source) -> Iterator[Problem]:
    """The arguments of a script are a list; only functions in files of their own may still have the map of DSL 1.0.2; T26b."""
    for pointer, script in source.of(Script):
        if isinstance(script.arguments, dict):
            message = "'arguments' must be a list, found an object: since DSL 1.0.3 they are texts in their order, which the script finds behind its name"
            yield Problem(code="wrong-type", pointer=join(pointer, "arguments"), message=message)
