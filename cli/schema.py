"""`swtemporal schema`: the JSON Schema of documents, for editors."""

from __future__ import annotations

import json

from cli import terminal


def schema() -> None:
    """Print the JSON Schema of documents, for editors (yaml-language-server: $schema=...)."""
    from interpreter.document.schema import schema as editor_schema

    terminal.line(json.dumps(editor_schema(), ensure_ascii=False, indent=2))
